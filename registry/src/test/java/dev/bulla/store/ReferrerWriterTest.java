package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrerWriterTest {

  private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";
  private static final String CREATED = "2026-11-21T07:22:54Z";

  private Bench bench;
  private Descriptor subject;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    subject =
        new Descriptor(
            Bench.IMAGE.mediaType(), Bench.IMAGE.manifest().size(), Bench.IMAGE.digest());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private Digest add(String text) throws BullaException {
    return add(bench.store, text);
  }

  private Digest add(EvidenceStore store, String text) throws BullaException {
    return store.addBundle(bench.image, subject, Bytes.utf8(text), SIGN, CREATED);
  }

  private List<Descriptor> listed() throws MalformedInputException {
    return ImageIndex.parse(bench.stored(Bench.tag("")).content()).manifests();
  }

  private void withoutReferrers() {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
  }

  @Test
  void manifestIsByteForByteTheVectors() throws Exception {
    JsonObject info = Vectors.json("derived/bundle-referrer.info.json");
    Manifest manifest =
        ReferrerWriter.manifest(
            new Descriptor(
                MediaType.OCI_MANIFEST,
                525,
                Digest.parse(
                    "sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4")),
            Vectors.bytes("derived/cosign-oci-attestation.sigstore.json"),
            "https://cosign.sigstore.dev/attestation/v1",
            "2025-02-28T19:18:12Z");

    assertThat(manifest.toJson()).isEqualTo(Vectors.bytes("derived/bundle-referrer-manifest.json"));
    assertThat(Digest.sha256(manifest.toJson()).hex())
        .isEqualTo(((JsonString) info.get("manifest_sha256").orElseThrow()).value());
  }

  @Test
  void manifestIsByteForByteWhatCosignPushed() throws Exception {
    Manifest manifest =
        ReferrerWriter.manifest(
            new Descriptor(
                MediaType.DOCKER_MANIFEST,
                423,
                Digest.parse(
                    "sha256:f1994ec5e75ec8833aeccbb187951638f7936ac634dab3530a4457de2a2742bd")),
            Vectors.bytes("cosign-3.1.1/bundle/bundle.json"),
            SIGN,
            CREATED);

    assertThat(manifest.toJson())
        .isEqualTo(Vectors.bytes("cosign-3.1.1/bundle/referrer-manifest.json"));
  }

  @Test
  void indexIsTheVectorsButForAnnotations() throws Exception {
    withoutReferrers();
    Digest image =
        Digest.parse("sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4");
    Bytes bundle = Vectors.bytes("derived/cosign-oci-attestation.sigstore.json");

    Digest digest =
        bench.store.addBundle(
            bench.repository("app").at(image),
            new Descriptor(MediaType.OCI_MANIFEST, 525, image),
            bundle,
            "https://cosign.sigstore.dev/attestation/v1",
            "2025-02-28T19:18:12Z");

    ImageIndex index = ImageIndex.parse(bench.stored("sha256-" + image.hex()).content());
    assertThat(index.manifests()).hasSize(1);
    Descriptor entry = index.manifests().get(0);
    assertThat(entry.annotations())
        .isEqualTo(
            Map.of(
                "dev.bulla.bundle", bundle.toUtf8String("bundle"),
                "dev.bulla.subject", "525 application/vnd.oci.image.manifest.v1+json",
                "dev.sigstore.bundle.content", "dsse-envelope",
                "dev.sigstore.bundle.predicateType", "https://cosign.sigstore.dev/attestation/v1",
                "org.opencontainers.image.created", "2025-02-28T19:18:12Z"));
    Bytes stored = bench.storedBytes(digest);
    assertThat(entry.digest()).isEqualTo(digest);
    assertThat(entry.size()).isEqualTo(stored.size());
    assertThat(Manifest.parse(stored).annotations()).isEqualTo(entry.annotations());
    // but for what is ours, it is the vector
    ImageIndex vector = ImageIndex.parse(Vectors.bytes("derived/referrers-fallback-index.json"));
    Descriptor theirs = vector.manifests().get(0);
    assertThat(
            new Descriptor(entry.mediaType(), theirs.size(), theirs.digest())
                .withArtifactType(entry.artifactType().orElseThrow()))
        .isEqualTo(theirs);
    assertThat(bench.stored("sha256-" + image.hex()).mediaType())
        .isEqualTo("application/vnd.oci.image.index.v1+json");
  }

  @Test
  void manifestIsTheVectorsButForTheBundleAmongItsAnnotations() throws Exception {
    Bytes bundle = Vectors.bytes("cosign-3.1.1/bundle/bundle.json");
    Digest digest = bench.store.addBundle(bench.image, subject, bundle, SIGN, CREATED);

    Manifest stored = Manifest.parse(bench.storedBytes(digest));
    Map<String, String> plain = new java.util.TreeMap<>(stored.annotations());
    assertThat(plain.remove("dev.bulla.bundle")).isEqualTo(bundle.toUtf8String("bundle"));
    assertThat(plain.remove("dev.bulla.subject")).startsWith(subject.size() + " application/");
    assertThat(
            new Manifest(
                stored.mediaType(),
                stored.config(),
                stored.layers(),
                plain,
                stored.subject(),
                stored.artifactType()))
        .isEqualTo(ReferrerWriter.manifest(subject, bundle, SIGN, CREATED));
  }

  @Test
  void largeBundlesDoNotTravelInAnAnnotation() throws Exception {
    Digest digest = add("x".repeat(BundleManifest.MAX_ANNOTATION + 1));

    assertThat(Manifest.parse(bench.storedBytes(digest)).annotations())
        .doesNotContainKeys("dev.bulla.bundle", "dev.bulla.subject");
  }

  @Test
  void theIndexDoesNotGrowByBundlesForEver() throws Exception {
    withoutReferrers();
    String large = "x".repeat(BundleManifest.MAX_ANNOTATION - 10);
    for (int i = 0; i < 70; i++) {
      add(large + i);
    }

    assertThat(bench.stored(Bench.tag("")).content().size())
        .isLessThan(BundleManifest.MAX_INDEX + (64 << 10));
    assertThat(listed()).hasSize(70);
    assertThat(listed()).anyMatch(e -> !e.annotations().containsKey("dev.bulla.bundle"));
  }

  @Test
  void writesNoIndexWhereTheRegistryKeepsTheList() throws Exception {
    Digest digest = add("one");

    assertThat(bench.app.tags()).containsExactly("v1");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).containsExactly(digest);
  }

  @Test
  void tellsAForgetfulRegistryAgain() throws Exception {
    bench.registry.faults().forgetsReferrers(1);
    Digest added = add("once forgotten");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).containsExactly(added);
    assertThat(bench.app.tags()).doesNotContain(Bench.tag(""));
  }

  @Test
  void listsItselfWhatTheRegistryForgetsForGood() throws Exception {
    bench.registry.faults().forgetsReferrers(Integer.MAX_VALUE);
    Digest added = add("always forgotten");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).isEmpty();
    assertThat(listed()).extracting(Descriptor::digest).containsExactly(added);
  }

  @Test
  void listsItselfWhatARegistryAcknowledgesThatShowsNoList() throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(404));
    Digest one = add("one");
    Digest two = add("two");
    assertThat(listed()).extracting(Descriptor::digest).containsExactlyInAnyOrder(one, two);
  }

  @Test
  void takesTheWordOfARegistryWhoseListCannotBeRead() throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));
    Digest added = add("one");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).containsExactly(added);
  }

  @Test
  void writesTheIndexWhereTheRegistryDoesNotSayThatItKeepsTheList() throws Exception {
    bench.registry.faults().noSubjectHeader();

    Digest digest = add("one");

    assertThat(listed()).extracting(Descriptor::digest).containsExactly(digest);
  }

  @Test
  void listsEveryBundleInTheOrderOfTheirDigests() throws Exception {
    withoutReferrers();
    List<Digest> all = new ArrayList<>(List.of(add("one"), add("two"), add("three")));
    all.sort(null);

    assertThat(listed()).extracting(Descriptor::digest).containsExactlyElementsOf(all);
  }

  @Test
  void listsAnEqualBundleOnce() throws Exception {
    withoutReferrers();

    assertThat(add("one")).isEqualTo(add("one"));
    assertThat(listed()).hasSize(1);
  }

  @Test
  void keepsWhatOthersListedAsItIs() throws Exception {
    withoutReferrers();
    Bytes theirs = Vectors.bytes("cosign-3.1.1/bundle/fallback-index.json");
    bench.app.putManifest(
        MediaType.OCI_MANIFEST.value(),
        Vectors.bytes("cosign-3.1.1/bundle/referrer-manifest.json"));
    bench.app.putManifest("application/vnd.oci.image.index.v1+json", theirs, Bench.tag(""));

    add("one");

    assertThat(listed()).hasSize(2).contains(ImageIndex.parse(theirs).manifests().get(0));
  }

  @Test
  void neverWritesOverSomethingElse() throws Exception {
    withoutReferrers();
    bench.app.tag(Bench.tag(""), Bench.IMAGE.digest());

    assertThatThrownBy(() -> add("one"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(
            "holds something that is no index of referrers; it was not written over");
    assertThat(bench.stored(Bench.tag("")).digest()).isEqualTo(Bench.IMAGE.digest());
  }

  @Test
  void neverWritesOverAnIndexThatItCannotUnderstand() throws Exception {
    withoutReferrers();
    Digest broken =
        bench.app.putManifest(
            "application/vnd.oci.image.index.v1+json", Bytes.utf8("{\"schema"), Bench.tag(""));

    assertThatThrownBy(() -> add("one")).isInstanceOf(MalformedInputException.class);
    assertThat(bench.stored(Bench.tag("")).digest()).isEqualTo(broken);
  }

  @ParameterizedTest
  @EnumSource(value = Unreadable.class)
  void neverWritesOverAnIndexThatItCannotRead(Unreadable way) throws Exception {
    withoutReferrers();
    Digest first = add("one");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("GET").path(".*/sha256-[0-9a-f]+"))
        .does(way.effect);

    assertThatThrownBy(() -> add("two")).isInstanceOf(RegistryException.class);
    assertThat(listed()).extracting(Descriptor::digest).containsExactly(first);
  }

  /** Ways in which something that is there cannot be read. */
  enum Unreadable {
    UNAUTHORIZED(Effects.status(401)),
    FORBIDDEN(Effects.status(403)),
    ODD_404(Effects.status(404, "DENIED", "you may not look")),
    THROTTLED(Effects.throttled(Duration.ofHours(1))),
    UNAVAILABLE(Effects.unavailable(Duration.ofHours(1))),
    FLIPPED(Effects.flippedBit()),
    ENDLESS(Effects.endlessBody(false));

    final dev.bulla.testkit.registry.Effect effect;

    Unreadable(dev.bulla.testkit.registry.Effect effect) {
      this.effect = effect;
    }
  }

  @Test
  void addsAgainWhenAnotherWriterReplacedTheIndex() throws Exception {
    withoutReferrers();
    Digest theirs = add("theirs");
    Bytes before = bench.stored(Bench.tag("")).content();
    // after our index was written, the other writer's comes, which was made without ours
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*/sha256-[0-9a-f]+"))
        .first(3)
        .does(
            Effects.changed(response -> {
              bench.app.putManifest(
                  "application/vnd.oci.image.index.v1+json", before, Bench.tag(""));
              return response;
            }));

    Digest ours = add(bench.storeInVirtualTime(), "ours");

    assertThat(listed()).extracting(Descriptor::digest).containsExactlyInAnyOrder(ours, theirs);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsOnceWhenTheAnswerToItsWriteIsLost(boolean written) throws Exception {
    withoutReferrers();
    Digest theirs = add("theirs");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*/sha256-[0-9a-f]+"))
        .first(1)
        .does(written ? Effects.dropAfterwards() : Effects.drop());

    Digest ours = add("ours");

    assertThat(listed()).extracting(Descriptor::digest).containsExactlyInAnyOrder(ours, theirs);
  }

  @Test
  void saysSoWhenItsEntryDoesNotStay() throws Exception {
    withoutReferrers();
    add("theirs");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*/sha256-[0-9a-f]+"))
        .does(
            Effects.changed(response -> {
              bench.app.untag(Bench.tag(""));
              return response;
            }));

    assertThatThrownBy(() -> add(bench.storeInVirtualTime(), "ours"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("20 times, and it did not stay there");
  }

  @Test
  void asksForTheEmptyConfigurationInsteadOfSendingItAgain() throws Exception {
    add("one");
    bench.registry.log().clear();

    bench
        .store(java.util.Optional.empty(), "", dev.bulla.evidence.SignatureObject.Flavour.OCI)
        .addBundle(bench.image, subject, Bytes.utf8("two"), SIGN, CREATED);

    assertThat(bench.registry.log().countsByMethod())
        .isEqualTo(Map.of("HEAD", 1L, "POST", 1L, "PUT", 1L, "GET", 1L));
  }

  @Test
  void doesNotAskAgainForWhatItHasSeen() throws Exception {
    add("one");
    bench.registry.log().clear();

    add("two");

    assertThat(bench.registry.log().countsByMethod())
        .isEqualTo(Map.of("POST", 1L, "PUT", 1L, "GET", 1L));
  }

  @Test
  void writesWhereTheRegistryTakesNoBlobInOneRequest() throws Exception {
    bench.registry.faults().noSinglePost();
    Digest one = add("one");

    assertThat(bench.app.referrers(Bench.IMAGE.digest())).containsExactly(one);
    assertThat(bench.app.blob(Digest.sha256(Bytes.utf8("one")))).contains(Bytes.utf8("one"));
  }

  @Test
  void writesToARegistryWithDockersLocations() throws Exception {
    try (Bench docker = new Bench(EmbeddedRegistry.options().dockerLocations())) {
      docker.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noSinglePost();
      Digest one = docker.store.addBundle(docker.image, subject, Bytes.utf8("one"), SIGN, CREATED);

      assertThat(docker.app.manifest(one)).isPresent();
    }
  }
}
