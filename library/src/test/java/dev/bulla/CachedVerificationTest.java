package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.BullaException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.cache.DiskCache;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.store.StoreOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestLog;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.verify.VerifiedSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cache on disk saves, and that it decides nothing. */
class CachedVerificationTest {

  @TempDir private Path folder;
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

  /** As another process would, with the same cache. */
  private List<VerifiedSignature> verify() throws BullaException {
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))
            .cache(DiskCache.in(folder.resolve("cache")))
            .build()) {
      log.clear();
      return new Bulla(client, StoreOptions.defaults(), InstantSource.fixed(Bench.NOW))
          .verify(bench.image, Bench.policy(Bench.ALICE))
          .value()
          .signatures();
    }
  }

  private VerificationException refusal() {
    return catchThrowableOfType(VerificationException.class, this::verify);
  }

  private void signManyTimes() throws BullaException {
    for (int i = 0; i < 5; i++) {
      bench.signAsCosign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod")));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("cache"))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().startsWith("sha256-"))
          .toList();
    }
  }

  @Test
  void theSecondTimeOnlyThePlacesAreAsked() throws Exception {
    signManyTimes();
    assertThat(verify()).hasSize(6);
    assertThat(log.count()).isEqualTo(3 + 2 * 5 + 1);

    assertThat(verify()).hasSize(6);

    assertThat(log.count()).isEqualTo(3);
    assertThat(files()).hasSize(11);
  }

  @Test
  void withoutACacheNothingIsKept() throws Exception {
    signManyTimes();

    bench.verify(Bench.ALICE);

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatIsDamagedIsFetchedAgain() throws Exception {
    signManyTimes();
    verify();
    for (Path file : files()) {
      Files.writeString(file, "{}");
    }

    assertThat(verify()).hasSize(6);
    assertThat(log.count()).isEqualTo(14);
    assertThat(verify()).hasSize(6);
    assertThat(log.count()).isEqualTo(3);
  }

  private void signLegacy(int from, int to) throws BullaException {
    for (int i = from; i < to; i++) {
      bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
  }

  private List<Integer> statusesOfTheSignaturesTag() {
    return log.requests("GET", ".*/manifests/sha256-[0-9a-f]+[.]sig").stream()
        .map(request -> request.status().orElse(0))
        .toList();
  }

  @Test
  void aLongObjectBehindATagIsSentAgainOnlyWhenTheTagHasMoved() throws Exception {
    signLegacy(0, 20);
    assertThat(verify()).hasSize(20);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(200);

    assertThat(verify()).hasSize(20);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(304);

    signLegacy(20, 21);
    assertThat(verify()).hasSize(21);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(200);
    assertThat(verify()).hasSize(21);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(304);
  }

  @Test
  void aDamagedCopyIsNoReasonToAskWhetherItIsStillRight() throws Exception {
    signLegacy(0, 20);
    verify();
    for (Path file : files()) {
      Files.writeString(file, "{}");
    }

    assertThat(verify()).hasSize(20);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(200);
  }

  /** What the disk holds is input like any other, and this goes into a header. */
  @Test
  void aVersionThatIsNoneIsNotSent() throws Exception {
    signLegacy(0, 20);
    verify();
    int damaged = 0;
    try (Stream<Path> all = Files.walk(folder.resolve("cache"))) {
      for (Path file :
          all.filter(one -> one.getFileName().toString().startsWith("tag-")).toList()) {
        Files.writeString(file, Files.readString(file).replace("\"sha256:", "\"\u0001sha256:"));
        damaged++;
      }
    }
    assertThat(damaged).isPositive();

    assertThat(verify()).hasSize(20);
    assertThat(statusesOfTheSignaturesTag()).containsExactly(200);
  }

  /** Nothing was asked about a version, so nothing is known that could be unchanged. */
  @Test
  void unchangedIsNoAnswerToWhomeverHasNothing() throws Exception {
    signLegacy(0, 20);
    bench.registry.faults().on(RequestMatch.manifests().path(".*[.]sig")).does(Effects.status(304));

    assertThat(refusal().outcome()).isEqualTo(Outcome.UNDECIDED);
  }

  /** A signature that its owner took away is gone, whatever is in the cache. */
  @Test
  void whatTheRegistryNoLongerListsIsNotFound() throws Exception {
    signManyTimes();
    verify();
    for (var digest : bench.app.referrers(Bench.IMAGE.digest())) {
      bench.app.deleteManifest(digest);
    }
    bench.app.untag(Bench.tagName(".sig"));

    assertThat(refusal().outcome()).isEqualTo(Outcome.NO_SIGNATURE);
  }

  @Test
  void whoeverIsNotLetInSeesNothingOfIt() throws Exception {
    signManyTimes();
    verify();
    bench.registry.faults().on(RequestMatch.any()).does(Effects.status(401));

    assertThat(refusal().outcome()).isEqualTo(Outcome.UNDECIDED);
  }

  @Test
  void aRegistryWithoutListsIsNotAskedForOneByTheNextProcess() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.sign(Bench.bundle(Bench.ALICE));
    verify();
    assertThat(log.count()).isEqualTo(3);

    verify();

    assertThat(log.count()).isEqualTo(2);
    assertThat(log.requests("GET", ".*/referrers/.*")).isEmpty();
  }

  @Test
  void butIsBeforeAnythingNegativeIsSaid() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    assertThat(refusal().outcome()).isEqualTo(Outcome.NO_SIGNATURE);
    assertThat(refusal().outcome()).isEqualTo(Outcome.NO_SIGNATURE);
    assertThat(log.requests("GET", ".*/referrers/.*")).hasSize(1);

    // someone else's signature, in the list that the registry has learned to keep
    bench.registry.faults().clear();
    bench.sign(Bench.bundle(Bench.BOB));
    assertThat(refusal().outcome()).isEqualTo(Outcome.REFUSED);
    bench.sign(Bench.bundle(Bench.ALICE));
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));
    assertThat(refusal().outcome()).isEqualTo(Outcome.UNDECIDED);
  }

  @Test
  void aCacheThatCannotBeUsedChangesNothing() throws Exception {
    signManyTimes();
    Files.writeString(folder.resolve("cache"), "a file");

    assertThat(verify()).hasSize(6);
    assertThat(verify()).hasSize(6);
    assertThat(log.count()).isEqualTo(14);
  }
}
