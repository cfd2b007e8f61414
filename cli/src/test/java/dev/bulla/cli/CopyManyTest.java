package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.RecordedRequest;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code copy} of many images. */
class CopyManyTest {

  private static final SampleImage OTHER = SampleImage.image("other");

  @TempDir Path folder;

  private ImageBench bench;
  private EmbeddedRegistry mirror;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    mirror = EmbeddedRegistry.start();
    OTHER.pushTo(bench.registry.repository("team/other"), "v2");
    bench.app.tag("same", bench.image());
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "team/other:v2");
  }

  @AfterEach
  void stop() {
    bench.close();
    mirror.close();
  }

  private InProcess.Result copy(String... more) {
    String[] line = new String[more.length + 1];
    line[0] = "copy";
    System.arraycopy(more, 0, line, 1, more.length);
    return bench.run(line);
  }

  private String at(String rest) {
    return mirror.host() + "/" + rest;
  }

  private static List<JsonObject> lines(InProcess.Result result) {
    return result.stdout().lines().map(CopyManyTest::parse).toList();
  }

  private static JsonObject parse(String line) {
    try {
      return JsonParser.parseObject(Bytes.utf8(line), "line");
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new AssertionError(line, e);
    }
  }

  private static String member(JsonObject line, String name) {
    try {
      return line.get(name).isEmpty()
          ? ""
          : GoJson.write(line.get(name).get()).toUtf8String("test").replace("\"", "");
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> writes() {
    return mirror.log().requests().stream()
        .filter(request -> !List.of("GET", "HEAD").contains(request.method()))
        .map(RecordedRequest::toString)
        .toList();
  }

  @Test
  void sourcesGoBelowThePrefixWithTheirEvidence() {
    InProcess.Result result =
        copy("--to", at("mirrored"), bench.tagged(), bench.named("team/other:v2"));

    assertThat(result.exit()).as(result.stderr()).isZero();
    for (String image : List.of("mirrored/app:v1", "mirrored/team/other:v2")) {
      assertThat(bench.verify(at(image)).exit()).as(image).isZero();
    }
  }

  @Test
  void aHostAloneIsAPrefixToo() {
    assertThat(copy("--to", mirror.host(), bench.tagged(), bench.digested()).exit()).isZero();

    assertThat(bench.verify(at("app:v1")).exit()).isZero();
    assertThat(mirror.repository("app").tags()).contains("v1").doesNotContain("latest");
  }

  @Test
  void linesMayNameTheirOwnDestination() throws Exception {
    bench.write(
        "images.txt",
        "# pairs\n"
            + bench.tagged()
            + "\t "
            + at("elsewhere:first")
            + "\n\n  "
            + bench.named("team/other:v2")
            + "  \n");

    InProcess.Result result = copy("--from-file", "images.txt", "--to", at("m"));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.verify(at("elsewhere:first"), at("m/team/other:v2")).exit()).isZero();
  }

  @Test
  void aListComesFromStandardInput() {
    InProcess.Result result =
        bench.runWithInput(bench.tagged() + " " + at("app:v1") + "\n", "copy", "--from-file", "-");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.verify(at("app:v1")).exit()).isZero();
  }

  @Test
  void oneFailureDoesNotStopTheRestAndTheWorstDecides() throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/team/other/manifests/v2"))
        .does(Effects.status(403, "DENIED", "not for you"));
    bench.write(
        "images.txt",
        bench.named("app:nope") + "\n" + bench.named("team/other:v2") + "\n" + bench.tagged());

    InProcess.Result result =
        copy("--from-file", "images.txt", "--to", mirror.host(), "--output", "ndjson");

    assertThat(lines(result))
        .extracting(line -> member(line, "verdict") + " " + member(line, "exitCode"))
        .containsExactly("failed 1", "undecided 20", "copied 0");
    assertThat(result.exit()).isEqualTo(20);
    assertThat(bench.verify(at("app:v1")).exit()).isZero();
  }

  @Test
  void linesForProgramsSayWhatWasWrittenWhere() {
    String[] line = {"--to", at("m"), "--output", "ndjson", bench.tagged()};
    List<JsonObject> first = lines(copy(line));
    List<JsonObject> second = lines(copy(line));

    assertThat(member(first.get(0), "reference")).isEqualTo(bench.tagged());
    assertThat(member(first.get(0), "image")).isEqualTo(bench.digested());
    assertThat(member(first.get(0), "target")).isEqualTo(at("m/app:v1"));
    assertThat(member(first.get(0), "written")).contains(at("m/app:v1"), ".sig");
    assertThat(member(second.get(0), "written")).isEqualTo("[]");
  }

  /** Two tags of one image: content and evidence travel once, and both tags are set. */
  @Test
  void aDigestTravelsOnce() throws Exception {
    bench.registry.log().clear();
    InProcess.Result result =
        copy("--to", mirror.host(), bench.tagged(), bench.named("app:same"), bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(mirror.repository("app").tags()).contains("v1", "same");
    assertThat(mirror.log().requests("PUT", ".*/manifests/.*\\.sig")).hasSize(1);
    assertThat(mirror.log().requests("PUT", ".*/manifests/(v1|same)")).hasSize(2);
    for (dev.bulla.oci.Descriptor layer : bench.layers("v1")) {
      assertThat(bench.registry.log().requests("GET", ".*/blobs/" + layer.digest())).hasSize(1);
    }
  }

  @Test
  void aBrokenRunGoesOn() throws Exception {
    bench.write("images.txt", bench.tagged() + "\n" + bench.named("team/other:v2") + "\n");
    String[] line = {
      "--from-file", "images.txt", "--to", mirror.host(), "--resume", "done", "--output", "ndjson"
    };
    mirror
        .faults()
        .on(RequestMatch.any().path("/v2/team/.*"))
        .does(Effects.status(403, "DENIED", "not for you"));
    assertThat(copy(line).exit()).isEqualTo(20);
    mirror.faults().clear();
    mirror.log().clear();

    InProcess.Result again = copy(line);

    assertThat(again.exit()).as(again.stderr()).isZero();
    assertThat(lines(again)).extracting(l -> member(l, "resumed")).containsExactly("true", "");
    assertThat(mirror.log().requests())
        .extracting(RecordedRequest::path)
        .noneMatch(path -> path.startsWith("/v2/app/"));
    mirror.log().clear();
    assertThat(copy(line).exit()).isZero();
    assertThat(writes()).isEmpty();
    assertThat(Files.readString(folder.resolve("done"))).contains(at("app:v1@" + bench.image()));
  }

  /** What the tag named in the first run is not what it names now. */
  @Test
  void aTagThatMovedIsCopiedAgain() throws Exception {
    bench.write("images.txt", bench.tagged() + " " + at("app:v1") + "\n");
    assertThat(copy("--from-file", "images.txt", "--resume", "done", "-f").exit()).isZero();
    OTHER.pushTo(bench.app, "v1");

    assertThat(copy("--from-file", "images.txt", "--resume", "done", "-f").exit()).isZero();

    assertThat(mirror.repository("app").manifest("v1").orElseThrow().digest())
        .isEqualTo(OTHER.digest());
  }

  @Test
  void platformAndDigestGoTogether() {
    SampleImage index = SampleImage.index(SampleImage.image("a"), SampleImage.image("b"));
    index.pushTo(bench.app, "multi");

    InProcess.Result result =
        copy(
            "--to",
            mirror.host(),
            "--platform",
            "linux/amd64",
            bench.named("app@" + index.digest()));

    assertThat(mirror.repository("app").tags()).doesNotContain("latest");
    assertThat(result.stderr()).doesNotContain("names another digest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "A B C",
        "--from-file one.txt",
        "--from-file three.txt",
        "--from-file empty.txt --to HOST/m",
        "--from-file one.txt A",
        "--to HOST/Upper A",
        "--to HOST/m --from-file clash.txt",
        "--to HOST/m"
      })
  void whatIsTypedWrongIsSaidBeforeAnybodyIsAsked(String line) throws Exception {
    bench.write("one.txt", bench.tagged());
    bench.write("three.txt", "a b c");
    bench.write("empty.txt", "# nothing\n");
    bench.write(
        "clash.txt",
        bench.tagged() + " " + at("x:1") + "\n" + bench.named("app:same") + " " + at("x:1"));
    bench.registry.log().clear();

    InProcess.Result result =
        copy(line.replace("A", bench.tagged()).replace("HOST", mirror.host()).split(" ", -1));

    assertThat(result.exit()).as(result.stderr()).isIn(1, 21);
    assertThat(bench.registry.log().requests()).isEmpty();
    assertThat(mirror.log().requests()).isEmpty();
  }

  @Test
  void aFolderNeedsADestinationOfItsOwn() throws Exception {
    assertThat(bench.run("save", "--dir", "saved", bench.tagged()).exit()).isZero();
    bench.write("pairs.txt", "oci:saved " + at("loaded:v1"));

    assertThat(copy("--from-file", "pairs.txt", "--output", "ndjson").exit()).isZero();
    InProcess.Result alone = copy("--to", mirror.host(), "oci:saved");

    assertThat(bench.verify(at("loaded:v1")).exit()).isZero();
    assertThat(alone.exit()).isEqualTo(1);
    assertThat(alone.stderr()).contains("from which no destination follows");
  }
}
