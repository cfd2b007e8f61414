package dev.bulla.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.VirtualTime;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.Gate;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestMatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers that meet on one tag, in the orders in which signatures used to get lost. */
class SharedTagTest {

  private static final String SIG = Bench.tag(".sig");
  private static final RequestMatch OBJECT = RequestMatch.manifests().path(".*[.]sig");

  private Bench bench;
  private Faults faults;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    faults = bench.registry.faults();
    faults.noConditionalPut();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static Map<String, String> signature(String text) {
    return Map.of(LegacySignature.SIGNATURE_ANNOTATION, text);
  }

  /** A writer that shares nothing with the others. */
  private void add(String text) throws Exception {
    add(text, InstantSource.system());
  }

  private void add(String text, InstantSource clock) throws Exception {
    add(text, clock, RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)));
  }

  private void addInVirtualTime(String text) throws Exception {
    add(
        text,
        InstantSource.system(),
        VirtualTime.in(RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT))));
  }

  private void add(String text, InstantSource clock, RegistryClient.Builder builder)
      throws Exception {
    try (RegistryClient client = builder.build()) {
      new EvidenceStore(client, StoreOptions.defaults(), clock)
          .addLegacySignature(bench.image, Bytes.utf8("{}"), signature(text), text::equals);
    }
  }

  private List<String> signatures() throws MalformedInputException {
    return Manifest.parse(bench.stored(SIG).content()).layers().stream()
        .map(Descriptor::annotations)
        .map(annotations -> annotations.get(LegacySignature.SIGNATURE_ANNOTATION))
        .toList();
  }

  private String journal(String text) {
    return bench.app.tags().stream()
        .filter(tag -> EvidenceTags.isJournalOf(SIG, tag))
        .filter(tag -> holds(tag, text))
        .findFirst()
        .orElseThrow();
  }

  private boolean holds(String tag, String text) {
    try {
      return Manifest.parse(bench.stored(tag).content())
          .layers()
          .get(0)
          .annotations()
          .containsValue(text);
    } catch (MalformedInputException e) {
      return false;
    }
  }

  /**
   * The slow writer has read, and is about to write; the quick one comes, writes, looks, and goes.
   * Only then does the slow one's write arrive, made without the other's.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLateWriteTakesNothingAway(boolean thereBefore) throws Exception {
    if (thereBefore) {
      add("first");
    }
    Gate gate = new Gate();
    faults.on(OBJECT.method("PUT")).first(1).does(Effects.hold(gate));
    try (ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writer =
          slow.submit(() -> {
            add("slow");
            return null;
          });
      gate.awaitArrivals(1, Duration.ofSeconds(30));
      add("quick");
      assertThat(signatures()).contains("quick");
      gate.open();
      writer.get();
    }

    assertThat(signatures()).contains("slow", "quick").hasSize(thereBefore ? 3 : 2);
  }

  @Test
  void whatARunLeftBehindThatCameToNoEndIsAddedByTheNext() throws Exception {
    faults.on(OBJECT.method("PUT")).does(Effects.status(403));
    try {
      add("dead");
    } catch (dev.bulla.error.RegistryException e) {
      // it died between publishing and merging
    }
    faults.clear();

    add("next");

    assertThat(signatures()).containsExactlyInAnyOrder("dead", "next");
  }

  @Test
  void aRunThatIsRepeatedAddsOneSignature() throws Exception {
    faults
        .on(OBJECT.method("PUT"))
        .does(Effects.header("Retry-After", "3600"), Effects.status(500));
    try {
      add("AAAA");
    } catch (dev.bulla.error.RegistryException e) {
      // its journal is there
    }
    faults.clear();
    // the same signer's next signature is another text
    try (RegistryClient client =
        RegistryClient.builder(SocketTransport.create(TlsOptions.DEFAULT)).build()) {
      new EvidenceStore(client, StoreOptions.defaults())
          .addLegacySignature(
              bench.image, Bytes.utf8("{}"), signature("BBBB"), List.of("AAAA", "BBBB")::contains);
    }
    add("other");

    assertThat(signatures()).containsExactly("BBBB", "other");
  }

  @Test
  void whatWasTakenOutLongAgoStaysOut() throws Exception {
    InstantSource before = InstantSource.fixed(Instant.now().minus(Duration.ofMinutes(20)));
    add("revoked", before);
    bench.app.untag(SIG);

    add("next");

    assertThat(signatures()).containsExactly("next");
  }

  @Test
  void aJournalThatSaysSomethingElseThanItsNameIsPassedOver() throws Exception {
    add("one");
    bench.app.tag(SIG + "-0123456789abcdef", bench.stored(journal("one")).digest());
    bench.app.tag(SIG + "-fedcba9876543210", Bench.IMAGE.digest());
    bench.registry.log().clear();

    add("two");

    assertThat(signatures()).containsExactly("one", "two");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 405})
  void whereTagsAreNotListedItReadsBack(int status) throws Exception {
    faults.on(RequestMatch.tagLists()).does(Effects.status(status));

    add("one");
    add("two");

    assertThat(signatures()).containsExactly("one", "two");
  }

  @Test
  void whereNoOtherTagsAreTakenItReadsBack() throws Exception {
    faults.on(RequestMatch.manifests().method("PUT").path(".*[.]sig-.*")).does(Effects.status(403));

    add("one");
    add("two");

    assertThat(signatures()).containsExactly("one", "two");
    assertThat(bench.app.tags()).containsExactly(SIG, "v1");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void writesWhereWhatIsWrittenIsSeenLater(int reads) throws Exception {
    faults.delayedVisibility(reads);

    add("one");
    add("two");
    faults.clear();

    assertThat(signatures()).containsExactlyInAnyOrder("one", "two");
  }

  /** Each write hides what is there for so many reads more, so that writing again is in vain. */
  @ParameterizedTest
  @ValueSource(ints = {7, 12, 25})
  void waitsForWhatItWroteInsteadOfWritingItAgain(int reads) throws Exception {
    faults.delayedVisibility(reads);

    addInVirtualTime("one");
    addInVirtualTime("two");

    assertThat(bench.registry.log().requests("PUT", ".*[.]sig")).hasSize(2);
    faults.clear();
    assertThat(signatures()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void waitsForItsEntryInAListToo() throws Exception {
    faults.noReferrersApi(Faults.NoReferrers.NOT_FOUND).delayedVisibility(7);
    for (String text : List.of("one", "two")) {
      bench
          .storeInVirtualTime()
          .addBundle(
              bench.image, Bytes.utf8(text), "https://example.com", Instant.now().toString());
    }

    assertThat(bench.registry.log().requests("PUT", ".*/" + Bench.tag(""))).hasSize(2);
    faults.clear();
    assertThat(ImageIndex.parse(bench.stored(Bench.tag("")).content()).manifests()).hasSize(2);
  }

  /** What never shows is written again in the end: somebody may have taken it away. */
  @Test
  void writesAgainWhatDoesNotShowForLong() throws Exception {
    addInVirtualTime("one");
    Bytes before = bench.stored(SIG).content();
    faults
        .on(OBJECT.method("PUT"))
        .first(2)
        .does(
            Effects.changed(response -> {
              bench.app.putManifest("application/vnd.oci.image.manifest.v1+json", before, SIG);
              return response;
            }));

    addInVirtualTime("two");

    assertThat(signatures()).containsExactly("one", "two");
  }

  @Test
  void asksForNoOtherTagsThanItsOwn() throws Exception {
    for (int i = 0; i < 30; i++) {
      bench.app.tag("a" + i, Bench.IMAGE.digest());
      bench.app.tag("z" + i, Bench.IMAGE.digest());
    }
    add("one");

    List<RecordedRequest> lists = bench.registry.log().requests("GET", ".*/tags/list");
    assertThat(lists)
        .singleElement()
        .extracting(RecordedRequest::toString)
        .asString()
        .contains("last=" + SIG);
  }

  @Test
  void aRegistryThatHonoursConditionsIsAskedToKeepThem() throws Exception {
    faults.clear();
    add("one");
    add("two");

    List<RecordedRequest> puts = bench.registry.log().requests("PUT", ".*[.]sig");
    assertThat(puts.get(0).headers().first("If-None-Match")).contains("*");
    assertThat(puts.get(1).headers().first("If-Match")).isPresent();
    assertThat(signatures()).containsExactly("one", "two");
  }

  @Test
  void aConditionThatIsRefusedWithoutReasonIsDropped() throws Exception {
    add("one");
    faults.on(OBJECT.method("PUT").header("If-Match")).does(Effects.status(412));

    add("two");

    assertThat(signatures()).containsExactly("one", "two");
    assertThat(bench.app.tags()).noneMatch(tag -> tag.endsWith(".sig-2"));
  }
}
