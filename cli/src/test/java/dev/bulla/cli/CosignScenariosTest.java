package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scenarios of cosign's own tests (sigstore/cosign 3.1.2, test/e2e_attach_test.go and unit tests)
 * that need keys and a registry only, each as command lines. Those of signing and verifying images
 * are in {@link CosignRowsTest}.
 */
class CosignScenariosTest {

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

  private InProcess.Result passes(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isZero();
    return result;
  }

  private InProcess.Result fails(int exit, String message, InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stderr()).contains(message);
    return result;
  }

  @Nested
  class SigningAndVerifying {

    /** TestSignVerify, TestNoTlog, in both formats. */
    @ParameterizedTest
    @ValueSource(strings = {"--new-bundle-format=false", "--new-bundle-format=true"})
    void annotationsOfTwoSignatures(String format) {
      String image = bench.tagged();
      fails(10, "no signatures found", bench.verify(image));
      fails(1, "no signatures associated", bench.run("download", "signature", image));

      passes(bench.sign(format, image));
      passes(bench.verify(image));
      passes(bench.verify("--new-bundle-format", image));
      passes(bench.run("download", "signature", image));
      fails(12, "missing or incorrect annotation", bench.verify("-a", "foo=bar", image));

      passes(bench.sign(format, "-a", "foo=bar", image));
      passes(bench.verify("-a", "foo=bar", image));
      fails(
          12,
          "missing or incorrect annotation",
          bench.verify("-a", "foo=bar", "-a", "baz=bat", image));
    }

    /** The line with which projects sign in their pipelines. */
    @Test
    void theLineOfPipelines() {
      passes(
          bench.run(
              "sign",
              "--yes",
              "--use-signing-config=false",
              "--tlog-upload=false",
              "--key",
              "alice.key",
              "-a",
              "GIT_HASH=5e4f2a1",
              bench.digested()));
      assertThat(passes(bench.verify("-a", "GIT_HASH=5e4f2a1", bench.digested())).stdout())
          .contains("\"GIT_HASH\":\"5e4f2a1\"");
    }
  }

  @Nested
  class AttachingAndDownloading {

    private static final String SIGNATURE =
        "MEUCIQDqJEo3fzTjPrmOzVVLyXfXaJDKyXFnXxSEXHjYaSTbnQIgNkzPNCUyWuTPRcHqAfYXzpX8W2kEHsBCZPMLXvwKjR0=";

    /** TestUploadDownload: from a file and from standard input. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsAttachedComesBackUnchanged(boolean piped) throws Exception {
      bench.write("payload", "{\"critical\":\"anything\"}");
      bench.write("signature", SIGNATURE);
      passes(
          bench.runWithInput(
              piped ? SIGNATURE : "",
              "attach",
              "signature",
              "--signature",
              piped ? "-" : "signature",
              "--payload",
              "payload",
              bench.tagged()));
      assertThat(passes(bench.run("download", "signature", bench.tagged())).stdout())
          .contains("\"Base64Signature\":\"" + SIGNATURE + "\"")
          .contains(
              "\"Payload\":\""
                  + Base64Text.encode(Bytes.utf8("{\"critical\":\"anything\"}"))
                  + "\"");
    }

    /** TestUploadDownload: text that is neither a file nor a signature. */
    @ParameterizedTest
    @ValueSource(strings = {"testsignatureraw", ""})
    void textThatIsNoSignatureIsRefused(String text) throws Exception {
      bench.write("payload", "{}");
      assertThat(
              bench
                  .run(
                      "attach",
                      "signature",
                      "--signature",
                      text,
                      "--payload",
                      "payload",
                      bench.tagged())
                  .exit())
          .isNotZero();
      assertThat(bench.hasLegacy()).isFalse();
    }

    /** TestGenerate. */
    @Test
    void theGeneratedPayloadNamesTheImage() {
      assertThat(passes(bench.run("generate", bench.tagged())).stdout())
          .contains("\"docker-manifest-digest\":\"" + bench.image() + "\"");
      assertThat(passes(bench.run("generate", "-a", "foo=bar", bench.tagged())).stdout())
          .contains("\"optional\":{\"foo\":\"bar\"}");
    }

    /** TestSignDownloadAttachNewBundle. */
    @Test
    void aDownloadedBundleIsAttachedToAnotherImage() throws Exception {
      SampleImage.image("another").pushTo(bench.registry.repository("other"), "v1");
      fails(1, "no signatures associated", bench.run("download", "signature", bench.tagged()));
      passes(bench.sign(bench.tagged()));
      String bundle = passes(bench.run("download", "signature", bench.tagged())).stdout();
      bench.write("bundle.json", bundle.strip());

      String other = bench.named("other:v1");
      passes(bench.run("attach", "signature", "--payload", "bundle.json", other));
      assertThat(passes(bench.run("download", "signature", other)).stdout().strip())
          .isEqualTo(bundle.strip());
      fails(12, "no matching", bench.verify(other));
    }
  }

  @Nested
  class KeyPairs {

    /** TestGenerateKeyPairEnvVar, TestReadPasswordFn_envEmptyVal, TestGenerationOfKeys. */
    @ParameterizedTest
    @ValueSource(strings = {"foo", ""})
    void aKeyPairUnderThePasswordOfTheEnvironment(String password) {
      bench.environment("COSIGN_PASSWORD", password);
      passes(bench.run("generate-key-pair", "--output-key-prefix", "my"));
      passes(bench.run("sign", "--key", "my.key", "--tlog-upload=false", bench.tagged()));
      passes(bench.run("verify", "--key", "my.pub", "--insecure-ignore-tlog", bench.tagged()));
      bench.environment("COSIGN_PASSWORD", "another");
      assertThat(
              bench.run("sign", "--key", "my.key", "--tlog-upload=false", bench.digested()).exit())
          .isEqualTo(1);
    }

    /** TestSignCmdLocalKeyAndSk, TestVerifyMutuallyExclusiveFlags. */
    @Test
    void flagsThatExcludeEachOther() {
      for (List<String> flags :
          List.of(
              List.of("sign", "--key", "alice.key", "--sk"),
              List.of("verify", "--key", "alice.pub", "--sk"),
              List.of("verify", "--key", "alice.pub", "--certificate-identity", "a@b.test"),
              List.of("verify", "--key", "alice.pub", "--certificate-identity-regexp", ".*"))) {
        String[] line = new String[flags.size() + 1];
        flags.toArray(line);
        line[flags.size()] = bench.tagged();
        assertThat(bench.run(line).exit()).as(String.join(" ", line)).isNotZero();
      }
      assertThat(bench.hasLegacy()).isFalse();
      assertThat(bench.bundles()).isZero();
    }
  }
}
