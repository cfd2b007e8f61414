package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.payload.SimpleSigningPayload;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which format a line signs in, and what it says when it decides that for the user. */
class SignFormatsTest {

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    Bytes payload = SimpleSigningPayload.of("x", bench.image(), Map.of()).toBytes();
    bench.write("payload.json", payload);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private InProcess.Result sign(String flags) {
    List<String> words = new java.util.ArrayList<>();
    for (String word : flags.split(" ", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    words.add(bench.digested());
    return bench.sign(words.toArray(String[]::new));
  }

  private void assertWritten(String formats) {
    assertThat((bench.hasLegacy() ? "legacy " : "") + (bench.bundles() > 0 ? "bundle " : ""))
        .isEqualTo(formats.isEmpty() ? "" : formats + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "'', bundle",
    "--format bundle, bundle",
    "--format=legacy, legacy",
    "--format both, legacy bundle",
    "--new-bundle-format, bundle",
    "--new-bundle-format=true, bundle",
    "--new-bundle-format=false, legacy",
    "--format bundle --new-bundle-format, bundle",
    "--format legacy --new-bundle-format=false, legacy",
    "--format both --new-bundle-format=true, legacy bundle",
    "--format both --payload payload.json, legacy bundle",
    "--format both --output-signature sig, legacy bundle",
    "--format legacy --output-signature sig, legacy",
    "--new-bundle-format=false --sign-container-identity x, legacy",
    "--bundle b.json, bundle",
    "--format both --bundle b.json, legacy bundle",
  })
  void whatTheLineSaysIsWritten(String flags, String formats) {
    InProcess.Result result = sign(flags);

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertWritten(formats);
    assertThat(result.stderr()).doesNotContain("signing in the older format");
  }

  /** Everything that only the older format has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--payload payload.json",
        "--output-signature sig",
        "--output-payload pay",
        "--output-certificate cert",
        "--sign-container-identity x",
        "--record-creation-timestamp",
        "--attachment-tag-prefix stable-"
      })
  void whatOnlyTheOlderFormatHasAsksForIt(String flags) {
    InProcess.Result result = sign(flags);

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.bundles()).isZero();
    assertThat(bench.app.tags()).anyMatch(tag -> tag.endsWith(".sig"));
    String flag = flags.split(" ", -1)[0];
    assertThat(result.stderr().lines().filter(line -> line.contains("signing in the older format")))
        .singleElement()
        .isEqualTo("note: signing in the older format, since only that one has " + flag);
  }

  @Test
  void severalOfThemAreNamedInOneNote() {
    assertThat(sign("--output-signature sig --output-payload pay").stderr())
        .contains(
            "note: signing in the older format, since only that one has --output-signature,"
                + " --output-payload\n");
  }

  @Test
  void anAttachmentCannotBeSignedYet() {
    InProcess.Result result = sign("--attachment sbom");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("--attachment is not available in this version");
    assertWritten("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format bundle --payload payload.json",
        "--format bundle --output-signature sig",
        "--format bundle --output-payload pay",
        "--format bundle --output-certificate cert",
        "--format bundle --sign-container-identity x",
        "--format bundle --record-creation-timestamp",
        "--format bundle --attachment-tag-prefix stable-",
        "--new-bundle-format --payload payload.json",
        "--new-bundle-format=true --output-signature sig",
        "--format legacy --new-bundle-format=true",
        "--format bundle --new-bundle-format=false",
        "--format both --new-bundle-format=false",
        "--format legacy --bundle b.json",
        "--new-bundle-format=false --bundle b.json",
        "--payload payload.json --bundle b.json",
        "--format cosign",
        "--format="
      })
  void contradictionsAreErrors(String flags) {
    InProcess.Result result = sign(flags);

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr()).contains("Error: ");
    assertWritten("");
    assertThat(bench.registry.log().count()).isZero();
    assertThat(folder.resolve("sig")).doesNotExist();
    assertThat(folder.resolve("b.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "BULLA_FORMAT, legacy, '', legacy",
    "BULLA_FORMAT, both, '', legacy bundle",
    "BULLA_FORMAT, bundle, '', bundle",
    "COSIGN_FORMAT, legacy, '', legacy",
    "BULLA_FORMAT, legacy, --format bundle, bundle",
    "BULLA_FORMAT, legacy, --new-bundle-format, bundle",
    "BULLA_FORMAT, bundle, --output-signature sig, legacy",
    "BULLA_FORMAT, both, --output-signature sig, legacy bundle",
    "COSIGN_NEW_BUNDLE_FORMAT, false, '', legacy",
  })
  void aVariableSetsTheDefault(String variable, String value, String flags, String formats) {
    bench.environment(variable, value);

    InProcess.Result result = sign(flags);

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertWritten(formats);
  }

  @Test
  void aVariableWithAnUnknownFormatIsAnErrorThatNamesIt() {
    bench.environment("BULLA_FORMAT", "v2");

    InProcess.Result result = sign("");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("BULLA_FORMAT");
    assertWritten("");
  }

  @Test
  void outputFilesHoldWhatWasSigned() throws Exception {
    InProcess.Result result =
        sign("--output-signature sig --output-payload pay --output-certificate cert -a env=prod");

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.read("sig")).isEqualTo(bench.signatures().get(0));
    assertThat(bench.read("pay"))
        .isEqualTo(bench.run("generate", "-a", "env=prod", bench.digested()).stdout());
    assertThat(bench.read("cert")).isEqualTo(ImageBench.ALICE.publicKey().toPem());
  }

  @Test
  void theBundleInTheFileIsTheOneThatWasAttached() throws Exception {
    sign("--bundle b.json");

    assertThat(bench.run("download", "signature", bench.tagged()).stdout())
        .isEqualTo(bench.read("b.json") + "\n");
  }

  @Test
  void recursiveOutputsAreNamedAfterTheirDigests() throws Exception {
    var index = dev.bulla.testkit.registry.SampleImage.twoPlatforms("two");
    index.pushTo(bench.app, "index");

    InProcess.Result result =
        bench.sign("-r", "--output-signature=sig", bench.named("app@" + index.digest()));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.read("sig-sha256-" + index.digest().hex())).isNotEmpty();
    for (var child : index.children()) {
      assertThat(bench.read("sig-sha256-" + child.digest().hex())).isNotEmpty();
    }
  }
}
