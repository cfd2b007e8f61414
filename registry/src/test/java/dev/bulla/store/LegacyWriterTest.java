package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyWriterTest {

  private static final String SIG = Bench.tag(".sig");
  private static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static Map<String, String> signature(String text) {
    return Map.of(LegacySignature.SIGNATURE_ANNOTATION, text);
  }

  private boolean add(String payload, String signature) throws BullaException {
    return add(bench.store, payload, signature);
  }

  private boolean add(EvidenceStore store, String payload, String signature) throws BullaException {
    return store.addLegacySignature(
        bench.image, Bytes.utf8(payload), signature(signature), stored -> false);
  }

  private List<Descriptor> layers() throws MalformedInputException {
    return Manifest.parse(bench.stored(SIG).content()).layers();
  }

  private List<String> signatures() throws MalformedInputException {
    return layers().stream()
        .map(layer -> layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION))
        .toList();
  }

  @Test
  void writesByteForByteWhatCosignPushed() throws Exception {
    Bytes pushed = Vectors.bytes("cosign-3.1.1/legacy/sig-manifest.json");
    List<Descriptor> theirs = Manifest.parse(pushed).layers();
    Bytes withAnnotation = Vectors.bytes("cosign-3.1.1/legacy/blob-52029bd523cb.json");
    Bytes plain = Vectors.bytes("cosign-3.1.1/legacy/blob-0167c65f42b9.json");

    bench.store.addLegacySignature(
        bench.image, withAnnotation, theirs.get(0).annotations(), stored -> false);
    bench.store.addLegacySignature(
        bench.image, plain, theirs.get(1).annotations(), stored -> false);

    assertThat(bench.stored(SIG).content()).isEqualTo(pushed);
    Bytes config = Vectors.bytes("cosign-3.1.1/legacy/blob-95c0532b1e70.json");
    assertThat(bench.app.blob(Digest.sha256(config))).contains(config);
  }

  @Test
  void appendsToWhatCosignPushedAndChangesNothingOfIt() throws Exception {
    Bytes pushed = Vectors.bytes("cosign-3.1.1/legacy/sig-manifest.json");
    bench.app.putManifest(OCI, pushed, SIG);
    for (String blob : List.of("52029bd523cb", "0167c65f42b9", "95c0532b1e70")) {
      bench.app.putBlob(Vectors.bytes("cosign-3.1.1/legacy/blob-" + blob + ".json"));
    }

    add("{}", "AAAA");

    List<Descriptor> before = Manifest.parse(pushed).layers();
    assertThat(layers()).hasSize(3).startsWith(before.toArray(Descriptor[]::new));
  }

  @Test
  void addsAnEqualSignatureOfTheSameSignerOnce() throws Exception {
    assertThat(
            bench.store.addLegacySignature(
                bench.image, Bytes.utf8("{}"), signature("AAAA"), "AAAA"::equals))
        .isTrue();
    assertThat(
            bench.store.addLegacySignature(
                bench.image, Bytes.utf8("{}"), signature("BBBB"), "AAAA"::equals))
        .isFalse();

    assertThat(signatures()).containsExactly("AAAA");
  }

  @Test
  void writesNothingWhenThereIsNothingToAdd() throws Exception {
    add("{}", "AAAA");
    bench.registry.log().clear();

    bench.store.addLegacySignature(
        bench.image, Bytes.utf8("{}"), signature("BBBB"), "AAAA"::equals);

    assertThat(bench.registry.log().countsByMethod()).isEqualTo(Map.of("GET", 1L));
  }

  @Test
  void addsWhatDiffersInPayloadAnnotationsOrSigner() throws Exception {
    add("{}", "AAAA");
    add("{ }", "BBBB");
    bench.store.addLegacySignature(
        bench.image,
        Bytes.utf8("{}"),
        Map.of(LegacySignature.SIGNATURE_ANNOTATION, "CCCC", "more", "x"),
        stored -> true);
    bench.store.addLegacySignature(
        bench.image, Bytes.utf8("{}"), signature("DDDD"), stored -> false);

    assertThat(signatures()).containsExactly("AAAA", "BBBB", "CCCC", "DDDD");
  }

  @Test
  void startsWithTheMediaTypesThatAreAskedFor() throws Exception {
    bench
        .store(Optional.empty(), "", SignatureObject.Flavour.DOCKER)
        .addLegacySignature(bench.image, Bytes.utf8("{}"), signature("AAAA"), stored -> false);

    assertThat(bench.stored(SIG).mediaType()).isEqualTo(DOCKER);
    Manifest manifest = Manifest.parse(bench.stored(SIG).content());
    assertThat(manifest.config().mediaType().value())
        .isEqualTo("application/vnd.docker.container.image.v1+json");
  }

  @Test
  void keepsTheMediaTypesThatAreThere() throws Exception {
    bench
        .store(Optional.empty(), "", SignatureObject.Flavour.DOCKER)
        .addLegacySignature(bench.image, Bytes.utf8("{}"), signature("AAAA"), stored -> false);

    add("{ }", "BBBB");

    assertThat(bench.stored(SIG).mediaType()).isEqualTo(DOCKER);
    assertThat(signatures()).containsExactly("AAAA", "BBBB");
  }

  @Test
  void recordsTheTimeOnlyWhenAsked() throws Exception {
    bench.store.addLegacySignature(
        bench.image, Bytes.utf8("{}"), signature("AAAA"), stored -> false, "2026-11-21T10:00:00Z");

    assertThat(config()).contains("\"created\":\"2026-11-21T10:00:00Z\"");
    add("{ }", "BBBB");
    assertThat(config()).contains("\"created\":\"2026-11-21T10:00:00Z\"");
  }

  private String config() throws MalformedInputException {
    Digest config = Manifest.parse(bench.stored(SIG).content()).config().digest();
    return bench.app.blob(config).orElseThrow().toUtf8String("config");
  }

  @Test
  void writesToAnotherRepositoryUnderAPrefix() throws Exception {
    bench
        .store(Optional.of(bench.repository("sigs")), "stable-", SignatureObject.Flavour.OCI)
        .addLegacySignature(bench.image, Bytes.utf8("{}"), signature("AAAA"), stored -> false);

    assertThat(bench.app.tags()).containsExactly("v1");
    assertThat(bench.registry.repository("sigs").tags()).first().isEqualTo("stable-" + SIG);
  }

  @ParameterizedTest
  @EnumSource(ReferrerWriterTest.Unreadable.class)
  void neverWritesOverAnObjectThatItCannotRead(ReferrerWriterTest.Unreadable way) throws Exception {
    add("{}", "AAAA");
    Digest before = bench.stored(SIG).digest();
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("GET").path(".*[.]sig"))
        .does(way.effect);

    assertThatThrownBy(() -> add("{ }", "BBBB")).isInstanceOf(RegistryException.class);
    assertThat(bench.stored(SIG).digest()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(ReferrerWriterTest.Unreadable.class)
  void neverWritesOverAnObjectWhoseConfigurationItCannotRead(ReferrerWriterTest.Unreadable way)
      throws Exception {
    // with a time in it, the configuration is not the one that all the others have
    bench.store.addLegacySignature(
        bench.image, Bytes.utf8("{}"), signature("AAAA"), stored -> false, "2026-11-21T10:00:00Z");
    Digest before = bench.stored(SIG).digest();
    bench.registry.faults().on(RequestMatch.blobs().method("GET")).does(way.effect);

    assertThatThrownBy(() -> add("{ }", "BBBB")).isInstanceOf(RegistryException.class);
    assertThat(bench.stored(SIG).digest()).isEqualTo(before);
  }

  @Test
  void neverWritesOverWhatIsNoSignatureObject() throws Exception {
    for (Bytes other :
        List.of(
            Bytes.utf8("{}"),
            Bytes.utf8("{\"schemaVersion\":2,\"manifests\":[]}"),
            Bytes.utf8("not JSON"))) {
      Digest before = bench.app.putManifest(OCI, other, SIG);
      assertThatThrownBy(() -> add("{}", "AAAA")).isInstanceOf(MalformedInputException.class);
      assertThat(bench.stored(SIG).digest()).isEqualTo(before);
    }
  }

  @Test
  void stopsAtTheMostLayersAnObjectMayHave() throws Exception {
    Descriptor layer = SignatureObject.layer(Bytes.utf8("{}"), signature("AAAA"));
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.OCI);
    Manifest full =
        new Manifest(
            empty.manifest().mediaType().orElseThrow(),
            empty.manifest().config(),
            java.util.Collections.nCopies(1000, layer));
    bench.app.putBlob(empty.config());
    Digest before = bench.app.putManifest(OCI, full.toJson(), SIG);

    assertThatThrownBy(() -> add("{ }", "BBBB"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("number of layers (1001) exceeded the limit (1000)");
    assertThat(bench.stored(SIG).digest()).isEqualTo(before);
  }

  @Test
  void addsAgainWhenAnotherWriterReplacedTheObject() throws Exception {
    add("{}", "theirs");
    Bytes before = bench.stored(SIG).content();
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*[.]sig"))
        .first(3)
        .does(
            Effects.changed(response -> {
              bench.app.putManifest(OCI, before, SIG);
              return response;
            }));

    assertThat(add(bench.storeInVirtualTime(), "{}", "ours")).isTrue();

    assertThat(signatures()).containsExactly("theirs", "ours");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void addsOnceWhenTheAnswerToItsWriteIsLost(boolean written) throws Exception {
    add("{}", "theirs");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*[.]sig"))
        .first(1)
        .does(written ? Effects.dropAfterwards() : Effects.drop());

    assertThat(add("{}", "ours")).isTrue();

    assertThat(signatures()).containsExactly("theirs", "ours");
  }

  @Test
  void givesUpWhenNoAnswerArrives() throws Exception {
    add("{}", "theirs");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*[.]sig"))
        .does(Effects.drop());

    assertThatThrownBy(() -> add("{}", "ours"))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.UNREACHABLE));
    assertThat(signatures()).containsExactly("theirs");
    assertThat(bench.registry.log().requests("PUT", ".*[.]sig")).hasSize(5);
  }

  @Test
  void saysSoWhenItsSignatureDoesNotStay() throws Exception {
    add("{}", "theirs");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*[.]sig"))
        .does(
            Effects.changed(response -> {
              bench.app.untag(SIG);
              return response;
            }));

    assertThatThrownBy(() -> add(bench.storeInVirtualTime(), "{}", "AAAA"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("20 times, and it did not stay there");
  }

  /** Both read the same object before either wrote; each finds the other's journal. */
  @Test
  void twoWritersThatReadTheSameBothStay() throws Exception {
    RequestMatch object = RequestMatch.manifests().path(".*[.]sig");
    Faults faults = bench.registry.faults();
    faults.on(object.method("PUT")).first(2).does(Effects.together(2, Duration.ofSeconds(30)));
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> both = new ArrayList<>();
      // two stores: writers of one take turns
      both.add(writers.submit(() -> add(bench.store, "{}", "one")));
      EvidenceStore other = new EvidenceStore(bench.client, StoreOptions.defaults());
      both.add(writers.submit(() -> add(other, "{ }", "two")));
      for (Future<Boolean> writer : both) {
        assertThat(writer.get()).isTrue();
      }
    }

    assertThat(signatures()).containsExactlyInAnyOrder("one", "two");
  }
}
