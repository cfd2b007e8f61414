package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import dev.bulla.oci.Descriptor;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.Gate;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registries that refuse to move a tag, each in its own words. */
class ImmutableTagsTest {

  private static final String SIG = Bench.tag(".sig");
  private static final RequestMatch OBJECT = RequestMatch.manifests().path(".*[.]sig");

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private boolean add(String text) throws BullaException {
    return add(bench.store, text);
  }

  private boolean add(EvidenceStore store, String text) throws BullaException {
    return store.addLegacySignature(bench.image, Bytes.utf8("{}"), signature(text), text::equals);
  }

  private static Map<String, String> signature(String text) {
    return Map.of(LegacySignature.SIGNATURE_ANNOTATION, text);
  }

  private List<String> found() throws BullaException {
    EvidenceSearch search = bench.store.search(bench.image, List.of());
    List<Candidate> all = new ArrayList<>(search.first());
    all.addAll(search.rest());
    List<String> texts = new ArrayList<>();
    for (Candidate candidate : all) {
      texts.add(
          switch (candidate) {
            case LegacySignature legacy -> legacy.signatureText();
            case BundleSignature bundle -> "bundle";
            case Unreadable unreadable -> "unreadable";
          });
    }
    return texts;
  }

  /** ECR, Docker Hub, what distribution's own error would be, and Harbor. */
  @ParameterizedTest
  @CsvSource({
    "400, TAG_INVALID",
    "400, MANIFEST_INVALID",
    "403, DENIED",
    "405, UNSUPPORTED",
    "409, DENIED",
    "409, TAG_INVALID",
    "412, PRECONDITION"
  })
  void furtherSignaturesGoToNumbers(int status, String code) throws Exception {
    bench.registry.faults().immutableTags(".*", status, code);
    Digest first = null;
    for (int i = 1; i <= 5; i++) {
      assertThat(add("signature " + i)).isTrue();
      first = first == null ? bench.stored(SIG).digest() : first;
    }

    assertThat(bench.stored(SIG).digest()).isEqualTo(first);
    assertThat(bench.app.tags()).contains(SIG + "-2", SIG + "-3", SIG + "-4", SIG + "-5");
    assertThat(found())
        .containsExactly("signature 1", "signature 2", "signature 3", "signature 4", "signature 5");
  }

  @Test
  void anEqualSignatureIsFoundUnderItsNumber() throws Exception {
    bench.registry.faults().immutableTags(".*");
    add("one");
    add("two");

    add("two");

    assertThat(found()).containsExactly("one", "two");
  }

  @Test
  void thoseWhoComeAtOnceTakeDifferentNumbers() throws Exception {
    bench.registry.faults().immutableTags(".*").noConditionalPut();
    add("first");
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String text = "at once " + i;
        EvidenceStore own = new EvidenceStore(bench.client, StoreOptions.defaults());
        all.add(
            writers.submit(() ->
                own.addLegacySignature(
                    bench.image,
                    Bytes.utf8("{}"),
                    Map.of(LegacySignature.SIGNATURE_ANNOTATION, text),
                    stored -> false)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }

    assertThat(found()).hasSize(9).doesNotHaveDuplicates();
  }

  /** The second has read that there is nothing, and is refused when it writes. */
  @Test
  void whoComesSecondToAFreeTagTakesANumber() throws Exception {
    bench.registry.faults().immutableTags(".*").noConditionalPut();
    Gate gate = new Gate();
    bench.registry.faults().on(OBJECT.method("PUT")).first(1).does(Effects.hold(gate));
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> second = other.submit(() -> add("second"));
      gate.awaitArrivals(1, Duration.ofSeconds(30));
      new EvidenceStore(bench.client, StoreOptions.defaults())
          .addLegacySignature(bench.image, Bytes.utf8("{}"), signature("first"), "first"::equals);
      gate.open();
      assertThat(second.get()).isTrue();
    }

    assertThat(found()).containsExactly("first", "second");
  }

  /** The registry stored it, and a proxy's answer made us write it again, which it refuses. */
  @Test
  void aFirstSignatureThatWasStoredAndThenRefusedIsThere() throws Exception {
    Faults faults = bench.registry.faults();
    faults.noConditionalPut();
    faults.on(OBJECT.method("PUT")).first(1).does(Effects.changed(r -> WireResponse.of(502)));
    faults.on(OBJECT.method("PUT")).after(1).does(Effects.status(409));

    assertThat(add(bench.storeInVirtualTime(), "one")).isTrue();

    assertThat(found()).containsExactly("one");
    assertThat(bench.app.tags()).doesNotContain(SIG + "-2");
  }

  /** Ours is in place; only what somebody else left behind could not be added to it. */
  @Test
  void whatIsBehindTheTagIsNotWrittenUnderANumberToo() throws Exception {
    Faults faults = bench.registry.faults();
    faults.noConditionalPut();
    add("first");
    faults
        .on(OBJECT.method("PUT"))
        .does(Effects.header("Retry-After", "3600"), Effects.status(500));
    assertThatThrownBy(() -> add("left behind")).isInstanceOf(RegistryException.class);
    faults.clear();
    faults.on(OBJECT.method("PUT")).after(1).does(Effects.status(403));

    assertThat(add("ours")).isTrue();

    assertThat(bench.registry.log().requests("PUT", ".*[.]sig").size()).isGreaterThan(3);
    assertThat(bench.app.tags()).doesNotContain(SIG + "-2");
    assertThat(found()).containsExactly("first", "ours");
  }

  /** The next run does not look under the numbers before it writes; who reads counts it once. */
  @Test
  void aSignatureUnderTheTagAndUnderANumberIsFoundOnce() throws Exception {
    bench.registry.faults().immutableTags(".*");
    add("one");
    add("two");
    bench.registry.faults().clear();

    add("two");

    assertThat(bench.app.tags()).contains(SIG + "-2");
    assertThat(found()).containsExactly("one", "two");
  }

  @Test
  void whoMayNotWriteAtAllIsToldSo() throws Exception {
    add("one");
    bench.registry.faults().on(RequestMatch.manifests().method("PUT")).does(Effects.status(403));

    assertThatThrownBy(() -> add("two"))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.DENIED));
    assertThat(bench.app.tags()).noneMatch(tag -> tag.endsWith(".sig-2"));
  }

  @Test
  void aNumberThatCannotBeReadIsNotTakenForTheEnd() throws Exception {
    bench.registry.faults().immutableTags(".*");
    add("one");
    add("two");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("GET").path(".*[.]sig-2"))
        .does(Effects.status(403));

    assertThat(found()).containsExactly("one", "unreadable");
  }

  @Test
  void bundlesAreListedUnderNumbersToo() throws Exception {
    bench.registry.faults().immutableTags(".*").noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    Descriptor subject =
        new Descriptor(
            Bench.IMAGE.mediaType(), Bench.IMAGE.manifest().size(), Bench.IMAGE.digest());
    for (String bundle : List.of("one", "two", "three")) {
      bench.store.addBundle(
          bench.image, subject, Bytes.utf8(bundle), "https://x.example", "2026-11-21T07:22:54Z");
    }

    assertThat(bench.app.tags()).contains(Bench.tag("-2"), Bench.tag("-3"));
    // what stands there is no bundle, and each is found
    assertThat(found()).containsExactly("unreadable", "unreadable", "unreadable");
  }
}
