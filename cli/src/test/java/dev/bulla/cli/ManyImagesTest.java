package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of images: each worked on once, none stopping the rest, and a broken run that goes on. */
class ManyImagesTest {

  private static final SampleImage OTHER = SampleImage.image("other");

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    OTHER.pushTo(bench.app, "other");
    bench.app.tag("same", bench.image());
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private List<JsonObject> lines(InProcess.Result result) throws MalformedInputException {
    List<JsonObject> lines = new ArrayList<>();
    for (String line : result.stdout().lines().toList()) {
      lines.add(JsonParser.parseObject(Bytes.utf8(line), "line"));
    }
    return lines;
  }

  private static String text(JsonObject line, String member) {
    if (line.get(member).isEmpty()) {
      return "";
    }
    try {
      return GoJson.write(line.get(member).get()).toUtf8String("test").replace("\"", "");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private void list(String... rests) throws Exception {
    StringBuilder text = new StringBuilder("# images\n\n");
    for (String rest : rests) {
      text.append("  ").append(bench.named(rest)).append(" \n");
    }
    bench.write("images.txt", text.toString());
  }

  // ---- lists

  @Test
  void oneFailureDoesNotStopTheRestAndTheWorstDecides() throws Exception {
    list("app:other", "app:nope", "app:v1", "app@" + bench.image(), "BAD REF");

    InProcess.Result result =
        bench.verify("--from-file", "images.txt", "--output", "ndjson", bench.named("app:same"));

    assertThat(lines(result))
        .extracting(line -> text(line, "verdict") + " " + text(line, "exitCode"))
        .containsExactly(
            "verified 0",
            "unsigned 10",
            "not-found 11",
            "verified 0",
            "verified 0",
            "malformed 21");
    assertThat(result.exit()).isEqualTo(21);
  }

  @Test
  void eachDigestIsLookedAtOnce() throws Exception {
    list("app:v1", "app:same", "app@" + bench.image(), "app:v1");
    bench.registry.log().clear();

    assertThat(bench.verify("--from-file", "images.txt").exit()).isZero();

    assertThat(bench.registry.log().requests("GET", ".*/referrers/.*")).hasSize(1);
  }

  @Test
  void reportsComeInTheOrderOfTheList() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:other");
    bench
        .registry
        .faults()
        .on(RequestMatch.any())
        .randomly(7, 0.5)
        .does(Effects.delay(java.time.Duration.ofMillis(5)));
    list("app:v1", "app:other", "app:same", "app:other", "app:v1");

    InProcess.Result result = bench.verify("--from-file", "images.txt", "--output", "ndjson");

    assertThat(lines(result))
        .extracting(line -> text(line, "reference").replaceFirst(".*:", ""))
        .containsExactly("v1", "other", "same", "other", "v1");
  }

  @Test
  void aListComesFromStandardInput() {
    InProcess.Result result =
        bench.runWithInput(
            bench.tagged() + "\n",
            "verify",
            "--key",
            "alice.pub",
            "--insecure-ignore-tlog",
            "--from-file",
            "-");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("cosign container image signature");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "sign"})
  void anEmptyListIsNoSuccess(String command) throws Exception {
    bench.write("images.txt", "# none\n");

    InProcess.Result result =
        command.equals("sign")
            ? bench.sign("--from-file", "images.txt")
            : bench.verify("--from-file", "images.txt");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("Error: --from-file names no image");
    assertThat(bench.run(command, "--key", "alice.key").stderr())
        .contains("Error: requires at least 1 arg(s), only received 0");
  }

  @Test
  void aLineSaysWhySignaturesDoNotCountAndWhoseDo() throws Exception {
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:v1");
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:other");
    list("app:v1", "app:other");

    List<JsonObject> lines = lines(bench.verify("--from-file", "images.txt", "--output", "ndjson"));

    assertThat(text(lines.get(0), "signers")).startsWith("[sha256:");
    assertThat(text(lines.get(0), "reasons")).contains("signature-mismatch");
    assertThat(text(lines.get(1), "verdict")).isEqualTo("refused");
    assertThat(text(lines.get(1), "reasons")).contains("signature-mismatch");
    assertThat(text(lines.get(1), "digest")).isEqualTo(OTHER.digest().toString());
  }

  @Test
  void signsEachDigestOnce() throws Exception {
    list("app:other", "app:nope", "app@" + OTHER.digest());

    InProcess.Result result = bench.sign("--from-file", "images.txt", "--output", "ndjson");

    assertThat(lines(result))
        .extracting(line -> text(line, "verdict"))
        .containsExactly("signed", "failed", "signed");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(bench.app.referrers(OTHER.digest())).hasSize(1);
    assertThat(result.stderr()).doesNotContain("Pushing");
  }

  @Test
  void severalWordsAreSignedAlthoughOneFails() {
    InProcess.Result result = bench.sign(bench.named("app:nope"), bench.named("app:other"));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("note: " + bench.named("app:nope") + ": ");
    assertThat(bench.app.referrers(OTHER.digest())).hasSize(1);
  }

  // ---- going on

  @Test
  void whatIsDoneIsNotDoneAgain() throws Exception {
    list("app:v1", "app:other");
    assertThat(resumed().exit()).isEqualTo(10);
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:other");
    bench.registry.log().clear();

    InProcess.Result again = resumed();

    assertThat(again.exit()).as(again.stderr()).isZero();
    assertThat(lines(again))
        .extracting(line -> text(line, "verdict") + text(line, "resumed"))
        .containsExactly("verifiedtrue", "verified");
    assertThat(bench.registry.log().requests("GET", ".*/referrers/.*")).hasSize(1);
  }

  private InProcess.Result resumed(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("--from-file", "images.txt", "--output", "ndjson", "--resume", "done.journal"));
    line.addAll(List.of(more));
    return bench.verify(line.toArray(String[]::new));
  }

  @Test
  void aTagThatWasMovedIsLookedAtAgain() throws Exception {
    list("app:v1");
    assertThat(resumed().exit()).isZero();
    bench.app.tag("v1", OTHER.digest());

    assertThat(resumed().exit()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({"-a,env=prod", "--check-claims=false,", "--recursive=all,", "--any-predicate,"})
  void aJournalOfAnotherPolicyIsRefused(String flag, String value) throws Exception {
    list("app:v1");
    assertThat(resumed().exit()).isZero();

    InProcess.Result other = value == null ? resumed(flag) : resumed(flag, value);

    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.stderr()).contains("remembers a run with other keys or flags");
    assertThat(other.stdout()).isEmpty();
  }

  @Test
  void anotherKeyUnderTheSameNameIsAnotherPolicy() throws Exception {
    list("app:v1");
    assertThat(resumed().exit()).isZero();
    Files.copy(
        folder.resolve("bob.pub"),
        folder.resolve("alice.pub"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(resumed().stderr()).contains("remembers a run with other keys or flags");
  }

  @Test
  void anotherTrustedRootUnderTheSameNameIsAnotherPolicy() throws Exception {
    list("app:v1");
    for (boolean first : new boolean[] {true, false}) {
      Bytes root = VirtualSigstore.live().trustedRoot().bytes();
      Files.write(folder.resolve("root.json"), root.toByteArray());

      assertThat(resumed("--trusted-root=root.json", "--use-signed-timestamps").stderr())
          .matches(
              said -> first != said.contains("remembers a run with other keys or flags"),
              "another policy only when the root has changed");
    }
  }

  @Test
  void aLineThatWasCutByACrashDoesNotCount() throws Exception {
    list("app:v1");
    assertThat(resumed().exit()).isZero();
    String whole = bench.read("done.journal");
    Path journal = folder.resolve("done.journal");
    String head = whole.substring(0, whole.indexOf('\n') + 1);
    for (int length = head.length(); length < whole.length(); length += 17) {
      Files.writeString(journal, whole.substring(0, length));

      InProcess.Result again = resumed();

      assertThat(again.exit()).as(again.stderr()).isZero();
      assertThat(again.stdout()).doesNotContain("resumed");
      assertThat(bench.read("done.journal")).isEqualTo(whole);
    }
    Files.writeString(journal, head.substring(0, 20));
    assertThat(resumed().exit()).isZero();
    assertThat(bench.read("done.journal")).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"precious\n", "precious", "bulla-journal 1 short\n"})
  void aForeignFileIsLeftAlone(String content) throws Exception {
    list("app:v1");
    bench.write("done.journal", content);

    assertThat(resumed().exit()).isEqualTo(1);
    assertThat(bench.read("done.journal")).isEqualTo(content);
  }

  @Test
  void aJournalThatNamesNoDigestIsMalformed() throws Exception {
    list("app:v1");
    assertThat(resumed().exit()).isZero();
    Files.writeString(folder.resolve("done.journal"), "app:v1\n", StandardOpenOption.APPEND);

    assertThat(resumed().exit()).isEqualTo(21);
  }

  @Test
  void signingGoesOnWhereItStopped() throws Exception {
    list("app:other", "app:v1");
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT").path(".*/app/.*"))
        .nth(2)
        .does(Effects.status(403));
    String[] line = {"--from-file", "images.txt", "--max-workers", "1", "--resume", "done"};
    assertThat(bench.sign(line).exit()).isEqualTo(20);

    InProcess.Result again = bench.sign(line);

    assertThat(again.exit()).as(again.stderr()).isZero();
    assertThat(again.stderr()).contains("note: signed by an earlier run: ");
    assertThat(bench.app.referrers(OTHER.digest())).hasSize(1);
    assertThat(bench.app.referrers(bench.image())).hasSize(1);
  }

  // ---- indexes

  @ParameterizedTest
  @CsvSource({"--recursive=any, 0", "--recursive=index, 0", "--recursive=leaves, 10", "-r, 10"})
  void anIndexIsVerifiedWithItsImages(String flag, int exit) throws Exception {
    SampleImage.twoPlatforms("two").pushTo(bench.app, "index");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:index");

    InProcess.Result result = bench.verify(flag, bench.named("app:index"));

    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    if (exit != 0) {
      assertThat(result.stderr()).contains(" (linux/amd64): no signatures found");
    }
  }

  @Test
  void allThatSignSignsVerifyFinds() throws Exception {
    SampleImage.twoPlatforms("two").pushTo(bench.app, "index");
    assertThat(bench.sign("-r", bench.named("app:index")).exit()).isZero();

    InProcess.Result result = bench.verify("-r", "--output", "ndjson", bench.named("app:index"));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(text(lines(result).get(0), "manifests"))
        .contains("platform:linux/amd64,verdict:verified")
        .contains("platform:linux/arm64,verdict:verified");
  }
}
