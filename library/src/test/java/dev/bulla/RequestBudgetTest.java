package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.cache.DiskCache;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestLog;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many requests, and how many of them at once. The numbers are exact: one more is a regression.
 */
class RequestBudgetTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The referrers, their tag, and the signatures' tag. */
  private static final RequestMatch PLACES =
      RequestMatch.any().path(".*/(referrers/sha256:|manifests/sha256-)[^/]*");

  private Bench bench;
  private RequestLog log;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    log = bench.registry.log();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** Shows what is asked at once, also where the machine is slow. */
  private void holdTogether(int number, RequestMatch match) {
    bench.registry.faults().on(match).does(Effects.together(number, PATIENCE));
  }

  private void assertAllAtOnce(int number, List<RecordedRequest> requests) {
    assertThat(requests).hasSize(number);
    assertThat(RequestLog.allConcurrent(requests)).isTrue();
  }

  // ---- verify

  @Test
  void verifyOfALegacySignatureIsOneRoundOfThree() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    log.clear();
    holdTogether(3, RequestMatch.any());

    bench.verify(Bench.ALICE);

    assertAllAtOnce(3, log.requests());
    assertThat(log.rounds()).isEqualTo(1);
    assertThat(log.countsByMethod()).isEqualTo(Map.of("GET", 3L));
    assertThat(log.requests("GET", ".*/blobs/.*")).isEmpty();
  }

  @Test
  void thePayloadIsRebuiltAlsoWithAnnotations() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod", "a", "<b>")));
    log.clear();

    bench.bulla.verify(
        bench.image, Bench.policy(Bench.ALICE).withAnnotations(Map.of("env", "prod", "a", "<b>")));

    assertThat(log.count()).isEqualTo(3);
  }

  @Test
  void aPayloadThatCannotBeGuessedIsOneRequestMore() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod")));
    log.clear();
    holdTogether(3, PLACES);

    bench.verify(Bench.ALICE);

    assertThat(log.count()).isEqualTo(4);
    assertThat(log.rounds()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10})
  void verifyOfOurBundlesIsOneRoundOfThree(int bundles) throws Exception {
    for (int i = 0; i < bundles; i++) {
      bench.sign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
    log.clear();
    holdTogether(3, RequestMatch.any());

    assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(bundles);

    assertAllAtOnce(3, log.requests());
    assertThat(log.rounds()).isEqualTo(1);
  }

  @Test
  void severalKeysNeedNoFurtherRequest() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    bench.sign(Bench.bundle(Bench.BOB));
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.legacy(Bench.BOB));
    log.clear();

    assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(2);

    assertThat(log.count()).isEqualTo(3);
  }

  @Test
  void ourBundleUnderTheTagIsOneRoundOfThree() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.sign(Bench.bundle(Bench.ALICE));
    log.clear();
    holdTogether(3, RequestMatch.any());

    bench.verify(Bench.ALICE);

    assertAllAtOnce(3, log.requests());
  }

  /** What the list calls something else is looked at only by who finds nothing better. */
  @Test
  void otherArtifactsBesideAnImageCostNothing() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    for (int i = 0; i < 5; i++) {
      SampleImage.referrer(Bench.IMAGE, "application/spdx+json", Bytes.utf8("sbom " + i), Map.of())
          .pushTo(bench.app);
    }
    log.clear();
    bench.verify(Bench.ALICE);
    assertThat(log.count()).isEqualTo(3);

    log.clear();
    assertThatThrownBy(() -> bench.verify(Bench.BOB)).isInstanceOf(VerificationException.class);
    assertThat(log.requests("GET", ".*/manifests/sha256:.*")).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10})
  void verifyOfForeignBundlesIsTwoParallelRequestsMoreForEach(int bundles) throws Exception {
    for (int i = 0; i < bundles; i++) {
      bench.signAsCosign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
    log.clear();
    holdTogether(3, PLACES);
    holdTogether(bundles, RequestMatch.manifests().path(".*/sha256:.*"));
    holdTogether(bundles, RequestMatch.blobs());

    bench.verify(Bench.ALICE);

    assertThat(log.count()).isEqualTo(3 + 2L * bundles);
    assertThat(log.rounds()).isEqualTo(3);
    assertAllAtOnce(bundles, log.requests("GET", ".*/manifests/sha256:.*"));
    assertAllAtOnce(bundles, log.requests("GET", ".*/blobs/.*"));
  }

  @Test
  void noMoreThanTenRequestsAreUnderWay() throws Exception {
    for (int i = 0; i < 25; i++) {
      bench.signAsCosign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
    log.clear();

    bench.verify(Bench.ALICE);

    assertThat(log.count()).isEqualTo(53);
    assertThat(log.peakInFlight()).isLessThanOrEqualTo(10);
  }

  @Test
  void verifyByTagIsOneHeadMore() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    log.clear();
    holdTogether(3, PLACES);

    bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE));

    assertThat(log.countsByMethod()).isEqualTo(Map.of("HEAD", 1L, "GET", 3L));
    assertThat(log.rounds()).isEqualTo(2);
  }

  @Test
  void aRegistryWithoutTheReferrersApiIsAskedForItOnce() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.signAsCosign(Bench.bundle(Bench.ALICE));
    log.clear();

    bench.verify(Bench.ALICE);
    assertThat(log.count()).isEqualTo(5);
    assertThat(log.requests("GET", ".*/referrers/.*")).hasSize(1);

    log.clear();
    bench.verify(Bench.ALICE);
    assertThat(log.count()).isEqualTo(4);
    assertThat(log.requests("GET", ".*/referrers/.*")).isEmpty();
  }

  /** What is remembered saves requests, and never says that there is nothing. */
  @Test
  void theListIsAskedForAfterAllBeforeAnythingNegativeIsSaid() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    assertThatThrownBy(() -> bench.verify(Bench.ALICE)).isInstanceOf(VerificationException.class);

    // the registry has learned to keep lists, and holds somebody else's signature in one
    bench.registry.faults().clear();
    try (RegistryClient other =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build()) {
      Bench.sign(new Bulla(other), bench.image, Bench.bundle(Bench.ALICE), false);
    }
    log.clear();
    bench.verify(Bench.ALICE);
    // the tags of today, then the one of old, the numbered ones and the list
    assertThat(log.count()).isEqualTo(6);

    // and is no longer taken for one that does not
    log.clear();
    bench.verify(Bench.ALICE);
    assertThat(log.count()).isEqualTo(3);
  }

  @Test
  void theOldPlacesCostOnlyWhoFindsNothingElse() throws Exception {
    assertThatThrownBy(() -> bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE)))
        .isInstanceOf(VerificationException.class);
    assertThat(log.countsByMethod()).isEqualTo(Map.of("HEAD", 2L, "GET", 6L));

    log.clear();
    assertThatThrownBy(() -> bench.verify(Bench.ALICE)).isInstanceOf(VerificationException.class);
    // whether the image is there at all is asked last, since only an absent one needs the answer
    assertThat(log.countsByMethod()).isEqualTo(Map.of("HEAD", 1L, "GET", 6L));
  }

  @Test
  void verifyWithTokensCostsOneRefusalAndOneToken() throws Exception {
    try (Bench guarded =
        new Bench(
            EmbeddedRegistry.options().auth(Auth.bearer().user("ci", "secret")),
            CredentialSource.always(new Credentials.Basic("ci", "secret"), "a test"))) {
      guarded.sign(Bench.legacy(Bench.ALICE));
      guarded.registry.log().clear();

      guarded.verify(Bench.ALICE);

      // the token for signing allows looking too
      assertThat(guarded.registry.log().count()).isEqualTo(3);
    }
  }

  // ---- sign

  @Test
  void firstLegacySignature() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));

    assertThat(log.lines())
        .map(RequestBudgetTest::shape)
        .containsExactlyInAnyOrder(
            "GET manifests/TAG.sig 404",
            "POST blobs/uploads/ 201",
            "PUT manifests/TAG.sig-KEY 201",
            "POST blobs/uploads/ 201",
            "PUT manifests/TAG.sig 201",
            "GET tags/list 200");
  }

  @Test
  void nextLegacySignature() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    log.clear();

    bench.sign(Bench.legacy(Bench.BOB));

    assertThat(log.lines())
        .map(RequestBudgetTest::shape)
        .containsExactlyInAnyOrder(
            "GET manifests/TAG.sig 200",
            "PUT manifests/TAG.sig-KEY 201",
            "POST blobs/uploads/ 201",
            "PUT manifests/TAG.sig 201",
            "GET tags/list 200",
            "GET manifests/TAG.sig 200");
  }

  @Test
  void bundleWhereTheRegistryListsIt() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    log.clear();
    holdTogether(2, RequestMatch.any().path(".*/blobs/.*"));

    Bench.sign(new Bulla(bench.client), bench.image, Bench.bundle(Bench.BOB), false);

    assertThat(log.rounds()).isEqualTo(4);

    assertThat(log.lines())
        .map(RequestBudgetTest::shape)
        .containsExactlyInAnyOrder(
            "HEAD manifests/DIGEST 200",
            "HEAD blobs/DIGEST 200",
            "POST blobs/uploads/ 201",
            "PUT manifests/DIGEST 201",
            "GET referrers/DIGEST 200");
  }

  @Test
  void bundleWhereItIsListedUnderATag() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.sign(Bench.bundle(Bench.ALICE));
    log.clear();

    bench.sign(Bench.bundle(Bench.BOB));

    assertThat(log.lines())
        .map(RequestBudgetTest::shape)
        .containsExactlyInAnyOrder(
            "HEAD manifests/DIGEST 200",
            "POST blobs/uploads/ 201",
            "GET manifests/TAG 200",
            "PUT manifests/TAG-KEY 201",
            "PUT manifests/TAG 201",
            "GET tags/list 200",
            "GET manifests/TAG 200");
  }

  /** The worst registries: no list of referrers, and two requests for every blob. */
  @ParameterizedTest
  @CsvSource({"LEGACY, 8, 8", "BUNDLE, 8, 8"})
  void signingStaysWithinEightRequestsOnDockerRegistry(
      SignRequest.Format format, int first, int next) throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noSinglePost();
    // the client has learnt how this registry takes blobs and referrers
    SampleImage other = SampleImage.image("other");
    other.pushTo(bench.app, "other");
    Bench.sign(
        bench.bulla, bench.repository("app").at(other.digest()), Bench.bundle(Bench.ALICE), false);
    log.clear();

    bench.sign(Bench.request(Bench.ALICE, format));
    assertThat(log.count()).isLessThanOrEqualTo(first);

    log.clear();
    bench.sign(Bench.request(Bench.BOB, format));
    assertThat(log.count()).isLessThanOrEqualTo(next);
  }

  /**
   * One more than the budget: a client that knows nothing of the registry writes the bundle by its
   * digest before it learns that it has to publish it under a tag.
   */
  @Test
  void theFirstBundleOfAProcessOnDockerRegistryIsNineRequests() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noSinglePost();
    bench.client.putBlob(bench.repository("app"), Bytes.utf8("{}"));
    log.clear();

    bench.sign(Bench.bundle(Bench.ALICE));

    assertThat(log.count()).isEqualTo(9);
  }

  /** What the first process learned serves the next, which has never looked for signatures. */
  @Test
  void theBundlesOfFurtherProcessesOnDockerRegistryAreEightRequests(@TempDir Path folder)
      throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noSinglePost();
    bench.client.putBlob(bench.repository("app"), Bytes.utf8("{}"));
    for (int requests : new int[] {9, 8, 8}) {
      SampleImage other = SampleImage.image("image " + log.count());
      other.pushTo(bench.app, "other");
      log.clear();
      try (RegistryClient client =
          RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
              .cache(DiskCache.in(folder.resolve("cache")))
              .build()) {
        Bench.sign(
            new Bulla(client, StoreOptions.defaults(), InstantSource.fixed(Bench.NOW)),
            bench.repository("app").at(other.digest()),
            Bench.bundle(Bench.ALICE),
            false);
      }
      assertThat(log.count()).isEqualTo(requests);
    }
  }

  /** A registry that has learned to keep lists is written to as such when it is asked again. */
  @Test
  void whereListsAreKeptAfterAllTheBundleIsInThem(@TempDir Path folder) throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    for (int process = 0; process < 2; process++) {
      try (RegistryClient client =
          RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
              .cache(DiskCache.in(folder.resolve("cache")))
              .build()) {
        Bench.sign(
            new Bulla(client, StoreOptions.defaults(), InstantSource.fixed(Bench.NOW)),
            bench.image,
            Bench.bundle(process == 0 ? Bench.ALICE : Bench.BOB),
            false);
      }
      bench.registry.faults().clear();
    }

    assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(1);
    assertThat(bench.verify(Bench.BOB).value().signatures()).hasSize(1);
  }

  @Test
  void aTagIsResolvedByTheRequestThatDescribesIt() throws Exception {
    Bench.sign(bench.bulla, bench.tag, Bench.bundle(Bench.ALICE), false);
    assertThat(log.requests("HEAD", ".*/manifests/.*")).hasSize(1);
    log.clear();

    Bench.sign(bench.bulla, bench.tag, Bench.legacy(Bench.ALICE), false);
    assertThat(log.requests("HEAD", ".*/manifests/.*")).hasSize(1);
  }

  @Test
  void makingASignatureAsksNobody() throws Exception {
    SigningTarget target = bench.bulla.targets(bench.image, false).get(0);

    bench.bulla.sign(target, SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH), Progress.SILENT);

    assertThat(log.count()).isZero();
  }

  @Test
  void aFailureIsNotRepeatedWhereTheRegistryAsksForMoreTimeThanThereIs() {
    bench.registry.faults().on(RequestMatch.any()).does(Effects.throttled(Duration.ofHours(1)));

    assertThatThrownBy(() -> bench.bulla.resolve(bench.tag)).isInstanceOf(RegistryException.class);
    assertThat(log.count()).isEqualTo(1);
  }

  private static String shape(String line) {
    return line.replaceFirst("/v2/app/", "")
        .replaceFirst("[?][^ ]*", "")
        .replaceFirst("sha256:[0-9a-f]+", "DIGEST")
        .replaceFirst("sha256-[0-9a-f]+", "TAG")
        .replaceFirst("-[0-9a-f]{16} ", "-KEY ")
        .replace("→ ", "");
  }
}
