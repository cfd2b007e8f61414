package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What lines say about the transparency log where none is to be had; and the lines of the first
 * README.
 */
class LogChoiceTest {

  private static final String CONFIG =
      "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\"";

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    // nobody is there to publish anything
    bench.environment("HTTPS_PROXY", "http://127.0.0.1:1");
    bench.environment("TUF_MIRROR", "https://tuf-repo-cdn.sigstore.dev");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void assertNoService(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isEqualTo(20);
    assertThat(result.stderr()).contains("--tlog-upload=false").contains("bulla initialize");
    assertThat(bench.registry.log().count()).isZero();
    assertThat(result.stderr()).doesNotContain("Enter password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--key alice.key",
        "--key alice.key --tlog-upload",
        "--key alice.key --tlog-upload=true --format legacy",
      })
  void aLineThatWantsTheLogSaysThatThereIsNone(String flags) {
    List<String> words = new java.util.ArrayList<>(List.of("sign", "--timeout", "1s"));
    words.addAll(List.of(flags.split(" ", -1)));
    words.add(bench.digested());

    assertNoService(bench.run(words.toArray(String[]::new)));
  }

  @Test
  void withoutTheLogItSignsAndSaysWhatItDidNotDo() {
    InProcess.Result result = bench.sign(bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .contains(
            "note: nothing was recorded in a transparency log: verify with --insecure-ignore-tlog");
    assertThat(bench.run("verify", "--key", "alice.pub", bench.tagged()).exit()).isEqualTo(12);
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
  }

  @Test
  void aSigningConfigWithoutServicesSigns() throws Exception {
    bench.write("none.json", CONFIG + "}");

    InProcess.Result result =
        bench.run("sign", "--key", "alice.key", "--signing-config", "none.json", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "rekorTlogUrls, rekorTlogConfig, transparency logs",
    "tsaUrls, tsaConfig, timestamp authorities"
  })
  void aSigningConfigWhoseServicesAreOverSaysSo(String urls, String choice, String what)
      throws Exception {
    bench.write(
        "config.json",
        CONFIG
            + ",\""
            + urls
            + "\":[{\"url\":\"https://log.example\",\"majorApiVersion\":1,\"validFor\":{\"start\":"
            + "\"2024-01-01T00:00:00Z\",\"end\":\"2024-01-02T00:00:00Z\"}}],\""
            + choice
            + "\":{\"selector\":\"ANY\"}}");

    InProcess.Result result =
        bench.run(
            "sign", "--key", "alice.key", "--signing-config", "config.json", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr()).contains("selecting " + what + ": no matching service found for");
    assertThat(bench.bundles()).isZero();
  }

  @Test
  void aLogThatCannotBeReachedLeavesItOpen() throws Exception {
    InProcess.Result result =
        bench.run(
            "sign",
            "--key",
            "alice.key",
            "--use-signing-config=false",
            "--yes",
            "--timeout",
            "3s",
            "--rekor-url",
            "http://127.0.0.1:1",
            bench.digested());

    assertThat(result.exit()).as(result.stderr()).isEqualTo(20);
    assertThat(result.stderr()).contains("--tlog-upload=false").contains("bulla initialize");
    assertThat(bench.bundles()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | 21",
        "{} | 1",
        "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.1+json\"} | 1",
        "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"x\":1} | 21"
      })
  void aSigningConfigThatIsNone(String json, int exit) throws Exception {
    bench.write("config.json", json);

    InProcess.Result result =
        bench.run(
            "sign", "--key", "alice.key", "--signing-config", "config.json", bench.digested());

    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(bench.bundles()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--signing-config none.json --tlog-upload=false",
        "--signing-config none.json --format legacy",
        "--signing-config none.json --use-signing-config",
        "--rekor-url https://log.example",
        "--fulcio-url https://ca.example",
        "--timestamp-server-url https://tsa.example --tlog-upload=false",
        "--issue-certificate --tlog-upload=false",
        "--certificate missing.pem --tlog-upload=false",
        "--trusted-root missing.json --tlog-upload=false"
      })
  void whatCannotBeDoneIsAnError(String flags) throws Exception {
    bench.write("none.json", CONFIG + "}");
    List<String> words = new java.util.ArrayList<>(List.of("sign", "--key", "alice.key"));
    words.addAll(List.of(flags.split(" ", -1)));
    words.add(bench.digested());

    InProcess.Result result = bench.run(words.toArray(String[]::new));

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(bench.bundles()).isZero();
    assertThat(bench.hasLegacy()).isFalse();
  }

  @Test
  void signingWithoutAKeySaysThatItCannot() {
    InProcess.Result result = bench.run("sign", "--tlog-upload=false", bench.digested());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("without a key").contains("--key");
  }

  // ---- relaxations

  @Test
  void theRelaxationIsNamedWithTheVariableItComesFrom() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    for (String variable : List.of("COSIGN_INSECURE_IGNORE_TLOG", "BULLA_INSECURE_IGNORE_TLOG")) {
      bench.environment(variable, "true");
      InProcess.Result result = bench.run("verify", "--key", "alice.pub", bench.tagged());

      assertThat(result.exit()).isZero();
      assertThat(result.stderr())
          .contains("WARNING: Skipping tlog verification is an insecure practice")
          .contains("note: this relaxation comes from the environment: " + variable + "\n");
      bench.withoutEnvironment(variable);
    }
    assertThat(bench.verify(bench.tagged()).stderr()).doesNotContain("from the environment");
  }

  @ParameterizedTest
  @CsvSource({
    "COSIGN_PRIVATE_INFRASTRUCTURE, true",
    "COSIGN_CHECK_CLAIMS, false",
    "COSIGN_ANY_PREDICATE, true",
    "COSIGN_ALLOW_HTTP_REGISTRY, true",
    "COSIGN_ALLOW_INSECURE_REGISTRY, true",
    "COSIGN_ALLOW_REALM, auth.example",
    "COSIGN_MISSING_IS_403, registry.example",
  })
  void soIsEveryOther(String variable, String value) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    bench.environment(variable, value);

    InProcess.Result result =
        variable.equals("COSIGN_PRIVATE_INFRASTRUCTURE")
            ? bench.run("verify", "--key", "alice.pub", bench.tagged())
            : bench.verify(bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .contains("note: this relaxation comes from the environment: " + variable + "\n");
  }

  @Test
  void privateInfrastructureIsTheSameWithoutTheWarning() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    InProcess.Result result =
        bench.run("verify", "--key", "alice.pub", "--private-infrastructure", bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stderr())
        .doesNotContain("Skipping tlog verification")
        .contains("note: transparency log not checked");
  }

  // ---- the first README

  @Test
  void itsLinesSignAndVerifyAsThen() throws Exception {
    InProcess.Result signed = bench.run("sign", "-key", "alice.key", bench.tagged());
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(bench.hasLegacy()).isTrue();
    assertThat(bench.bundles()).isZero();
    assertThat(signed.stderr())
        .contains("note: signing in the older format, since flags with one dash")
        .contains("note: the signature is not recorded in a transparency log")
        .contains("Pushing signature to: ");

    InProcess.Result verified = bench.run("verify", "-key", "alice.pub", bench.tagged());
    assertThat(verified.exit()).as(verified.stderr()).isZero();
    assertThat(verified.stderr())
        .contains("note: the transparency log is not checked, since flags with one dash")
        .contains("note: transparency log not checked");
  }

  @Test
  void itsLinesWithAnnotations() throws Exception {
    bench.run("sign", "-key", "alice.key", "-a", "tag=v1", bench.digested());

    assertThat(bench.run("verify", "-key", "alice.pub", "-a", "tag=v1", bench.tagged()).exit())
        .isZero();
    assertThat(bench.run("verify", "-key", "alice.pub", "-a", "tag=v2", bench.tagged()).exit())
        .isEqualTo(12);
  }

  @Test
  void itsLineWithTheKeyItself() throws Exception {
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:v1");
    String bare = Base64Text.encode(ImageBench.BOB.publicKey().spki().slice(12, 44));

    assertThat(bench.run("verify", "-key", bare, bench.tagged()).exit()).isZero();
  }

  @Test
  void itsLinesWithTheLogWantTheLog() throws Exception {
    bench.environment("COSIGN_EXPERIMENTAL", "1");
    assertNoService(bench.run("sign", "-key", "alice.key", "--timeout", "1s", bench.digested()));

    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertThat(bench.run("verify", "-key", "alice.pub", bench.tagged()).exit()).isEqualTo(20);
  }

  @Test
  void itsLinesWithKmsNameAKeyTheSameWay() throws Exception {
    assertThat(bench.run("sign", "-kms", "alice.key", bench.digested()).exit()).isZero();
    assertThat(bench.run("verify", "-kms", "alice.pub", bench.tagged()).exit()).isZero();

    for (String[] line :
        new String[][] {
          {"sign", "-kms", "hashivault://vault.example/key"},
          {"verify", "-kms", "hashivault://vault.example/key"}
        }) {
      InProcess.Result result = bench.run(line[0], line[1], line[2], bench.digested());
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr()).contains("kms specification should be in the format");
    }
  }

  @Test
  void itsCounterSignature() throws Exception {
    bench.run("sign", "-key", "alice.key", "-a", "sig=original", bench.digested());
    String name = bench.run("triangulate", bench.tagged()).stdout().strip();
    bench.app.tag(
        "mysignature",
        bench.app.manifest(name.substring(name.lastIndexOf(':') + 1)).orElseThrow().digest());

    assertThat(
            bench
                .run("sign", "-key", "bob.key", "-a", "sig=counter", bench.named("app:mysignature"))
                .exit())
        .isZero();

    InProcess.Result counter =
        bench.run("verify", "-key", "bob.pub", bench.named("app:mysignature"));
    assertThat(counter.exit()).isZero();
    assertThat(counter.stdout()).contains("\"optional\":{\"sig\":\"counter\"}");
    assertThat(bench.run("verify", "-key", "bob.pub", bench.tagged()).exit()).isEqualTo(12);
  }

  @Test
  void otherArtifactsAreSignedLikeImages() throws Exception {
    SampleImage.artifact(
            "application/vnd.cncf.helm.config.v1+json",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            dev.bulla.bytes.Bytes.utf8("chart"))
        .pushTo(bench.app, "chart");

    assertThat(bench.sign("--format=both", bench.named("app:chart")).exit()).isZero();
    assertThat(bench.verify(bench.named("app:chart")).exit()).isZero();
  }
}
