package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sign --if-absent} and {@code sign --confirm}. */
class SignOnceTest {

  private static final Set<String> READING = Set.of("GET", "HEAD");

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private List<String> writes() {
    return bench.registry.log().requests().stream()
        .filter(request -> !READING.contains(request.method()))
        .map(RecordedRequest::toString)
        .toList();
  }

  private static JsonObject line(String text) throws Exception {
    return JsonParser.parseObject(Bytes.utf8(text), "line");
  }

  private static String member(JsonObject line, String name) throws Exception {
    return dev.bulla.json.GoJson.write(line.get(name).orElseThrow()).toUtf8String("test");
  }

  // ---- --if-absent

  @ParameterizedTest
  @CsvSource({"bundle, 3", "legacy, 3", "both, 3"})
  void whatIsSignedAlreadyIsNotSignedAgain(String format, int requests) throws Exception {
    assertThat(bench.sign("--format", format, bench.digested()).exit()).isZero();
    List<String> before = bench.app.tags();
    bench.registry.log().clear();

    InProcess.Result again = bench.sign("--format", format, "--if-absent", bench.digested());

    assertThat(again.exit()).as(again.stderr()).isZero();
    assertThat(again.stderr())
        .contains("note: " + bench.digested() + " has this signature already, nothing was written");
    assertThat(bench.registry.log().requests()).hasSize(requests);
    assertThat(writes()).isEmpty();
    assertThat(bench.app.tags()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bundle", "legacy", "both"})
  void whatIsNotSignedIsSigned(String format) {
    InProcess.Result result = bench.sign("--format", format, "--if-absent", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).doesNotContain("already");
    assertThat(bench.verify(bench.digested()).exit()).isZero();
    assertThat(bench.hasLegacy()).isEqualTo(!format.equals("bundle"));
    assertThat(bench.bundles()).isEqualTo(format.equals("legacy") ? 0 : 1);
  }

  @Test
  void onlyTheMissingFormatIsAdded() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");

    InProcess.Result result = bench.sign("--format", "both", "--if-absent", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("has this signature already in one format");
    assertThat(bench.bundles()).isEqualTo(1);
    assertThat(bench.signatures()).hasSize(1);
  }

  /** Same digest, key and payload: what differs in one of them is another signature. */
  @ParameterizedTest
  @ValueSource(strings = {"bundle", "legacy"})
  void anotherKeyOrOtherAnnotationsAreAnotherSignature(String format) throws Exception {
    Set<dev.bulla.SignRequest.Format> formats =
        format.equals("bundle") ? ImageBench.BUNDLE : ImageBench.LEGACY;
    bench.put(ImageBench.BOB, formats, "app:v1");
    bench.put(ImageBench.ALICE, formats, "app:v1", java.util.Map.of("env", "dev"));

    InProcess.Result result =
        bench.sign("--format", format, "--if-absent", "-a", "env=prod", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(format.equals("bundle") ? bench.bundles() : bench.signatures().size()).isEqualTo(3);
    assertThat(bench.verify("-a", "env=prod", bench.digested()).exit()).isZero();
  }

  @Test
  void aSignatureInANumberedShardIsFound() throws Exception {
    bench.registry.faults().immutableTags(".*\\.sig");
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:v1");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertThat(bench.app.tags()).contains(ImageBench.tagName(".sig-2"));
    bench.registry.log().clear();

    assertThat(bench.sign("--format", "legacy", "--if-absent", bench.digested()).exit()).isZero();

    assertThat(writes()).isEmpty();
  }

  /** A registry without a list of referrers is asked for the tag instead. */
  @Test
  void aBundleUnderTheReferrersTagIsFound() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");
    bench.registry.log().clear();

    assertThat(bench.sign("--if-absent", bench.digested()).exit()).isZero();

    assertThat(writes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"bundle, .*/referrers/.*", "legacy, .*\\.sig"})
  void whereItCannotLookItWritesNothing(String format, String place) throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.any().path(place))
        .does(Effects.status(403, "DENIED", "not for you"));

    InProcess.Result result = bench.sign("--format", format, "--if-absent", bench.digested());

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("could not find out whether " + bench.digested());
    assertThat(writes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--upload=false --bundle b",
        "--bundle b",
        "--output-signature s",
        "--upload=false"
      })
  void whatContradictsItIsSaid(String flags) {
    InProcess.Result result =
        bench.sign(("--if-absent " + flags + " " + bench.digested()).split(" ", -1));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(bench.registry.log().requests()).isEmpty();
  }

  @Test
  void manyImagesSayOnOneLineEachWhatWasWritten() throws Exception {
    SampleImage.image("other").pushTo(bench.app, "other");
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");
    bench.write("images.txt", bench.tagged() + "\n" + bench.named("app:other") + "\n");

    InProcess.Result result =
        bench.sign("--if-absent", "--confirm", "--from-file", "images.txt", "--output", "ndjson");

    assertThat(result.exit()).as(result.stderr()).isZero();
    List<String> lines = result.stdout().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(member(line(lines.get(0)), "written")).isEqualTo("[]");
    assertThat(member(line(lines.get(0)), "receipts")).contains("\"format\":\"bundle\"");
    assertThat(member(line(lines.get(1)), "written"))
        .contains(SampleImage.image("other").digest().toString());
    assertThat(member(line(lines.get(1)), "receipts")).contains("\"place\":");
    assertThat(bench.bundles()).isEqualTo(1);
  }

  // ---- --confirm

  @ParameterizedTest
  @ValueSource(strings = {"bundle", "legacy", "both"})
  void aReceiptSaysWhatIsStoredWhere(String format) throws Exception {
    InProcess.Result result = bench.sign("--format", format, "--confirm", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout().lines().filter(l -> l.equals("Confirmed: " + bench.digested())))
        .hasSize(format.equals("both") ? 2 : 1);
    if (!format.equals("bundle")) {
      assertThat(result.stdout())
          .contains("  stored in: " + bench.named("app:" + ImageBench.tagName(".sig")) + "\n");
    }
    if (!format.equals("legacy")) {
      assertThat(result.stdout())
          .contains(
              "  stored in: "
                  + bench.named("app@" + bench.app.referrers(bench.image()).iterator().next()));
    }
  }

  /** Not any signature of the key is confirmed, but the one that was just made. */
  @Test
  void anOlderBundleOfTheSameKeyIsNotTakenForTheNewOne() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");
    Object older = bench.app.referrers(bench.image()).iterator().next();

    InProcess.Result result = bench.sign("--confirm", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).doesNotContain(older.toString());
  }

  @ParameterizedTest
  @CsvSource({"bundle, .*/referrers/.*", "legacy, .*\\.sig"})
  void aRegistryThatShowsItLaterIsAskedAgain(String format, String place) {
    bench
        .registry
        .faults()
        .on(RequestMatch.any().method("GET").path(place))
        .first(3)
        .does(Effects.status(404, "MANIFEST_UNKNOWN", "not yet"));

    InProcess.Result result = bench.sign("--format", format, "--confirm", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).startsWith("Confirmed: ");
  }

  /** It says that the bundle is stored, and never shows it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatNeverShowsIsNotConfirmed(boolean ndjson) throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403, "DENIED", "no"));

    InProcess.Result result =
        bench.sign(
            "--confirm",
            "--confirm-timeout",
            "700ms",
            "--output",
            ndjson ? "ndjson" : "text",
            bench.digested());

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr())
        .contains(
            "the signature of "
                + bench.digested()
                + " was stored, and could not be read back within 700 ms");
    assertThat(result.stdout()).doesNotContain("Confirmed");
    if (ndjson) {
      assertThat(member(line(result.stdout()), "exitCode")).isEqualTo("20");
    }
  }

  @Test
  void withoutAnUploadThereIsNothingToConfirm() {
    InProcess.Result result =
        bench.sign("--confirm", "--upload=false", "--bundle", "b.json", bench.digested());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("--confirm needs --upload");
  }
}
