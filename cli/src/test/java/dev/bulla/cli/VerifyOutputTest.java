package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The result of {@code verify} on stdout and what is said beside it. */
class VerifyOutputTest {

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

  private String payload(String optional) {
    return "{\"critical\":{\"identity\":{\"docker-reference\":\""
        + bench.named("app")
        + "\"},\"image\":{\"docker-manifest-digest\":\""
        + bench.image()
        + "\"},\"type\":\"cosign container image signature\"},\"optional\":"
        + optional
        + "}";
  }

  private String report(String reference, String optional) {
    return "{\"critical\":{\"identity\":{\"docker-reference\":\""
        + reference
        + "\"},\"image\":{\"docker-manifest-digest\":\""
        + bench.image()
        + "\"},\"type\":\"https://sigstore.dev/cosign/sign/v1\"},\"optional\":"
        + optional
        + "}";
  }

  @Test
  void legacySignaturesAsJson() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1", Map.of("env", "prod", "a", "<&>"));

    InProcess.Result result = bench.verify(bench.tagged());

    assertThat(result.exit()).isZero();
    assertThat(result.stdout())
        .isEqualTo(
            "\n["
                + payload("null")
                + ","
                + payload("{\"a\":\"\\u003c\\u0026\\u003e\",\"env\":\"prod\"}")
                + "]\n");
    assertThat(bench.verify("--output=json", bench.tagged()).stdout()).isEqualTo(result.stdout());
    assertThat(bench.verify("-o", "json", bench.tagged()).stdout()).isEqualTo(result.stdout());
  }

  @Test
  void legacySignaturesAsText() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1", Map.of("env", "prod"));

    assertThat(bench.verify("-o", "text", bench.tagged()).stdout())
        .isEqualTo(payload("null") + "\n" + payload("{\"env\":\"prod\"}") + "\n");
  }

  @Test
  void bundlesAsJsonAndText() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1", Map.of("env", "prod"));

    String wanted = report(bench.tagged(), "{\"env\":\"prod\"}");
    assertThat(bench.verify(bench.tagged()).stdout()).isEqualTo("\n[" + wanted + "]\n");
    assertThat(bench.verify("-o", "text", bench.tagged()).stdout()).isEqualTo(wanted + "\n");
    assertThat(bench.verify(bench.digested()).stdout())
        .isEqualTo("\n[" + report(bench.digested(), "{\"env\":\"prod\"}") + "]\n");
  }

  /**
   * As cosign 3: where bundles count, they are the result. Every signature is in the other form.
   */
  @Test
  void whereBothCountBundlesAreTheResultAndNdjsonHasAll() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    assertThat(bench.verify(bench.tagged()).stdout())
        .contains("https://sigstore.dev/cosign/sign/v1")
        .doesNotContain("cosign container image signature");

    InProcess.Result result = bench.verify("--output", "ndjson", bench.tagged());
    List<String> lines = result.stdout().lines().toList();
    assertThat(lines).hasSize(1);
    JsonObject object = JsonParser.parseObject(Bytes.utf8(lines.get(0)), "line");
    String key = "sha256:" + HexText.encode(ImageBench.ALICE.publicKey().fingerprint());
    assertThat(text(object, "image")).isEqualTo(bench.named("app@" + bench.image()));
    assertThat(text(object, "digest")).isEqualTo(bench.image().toString());
    assertThat(text(object, "reference")).isEqualTo(bench.tagged());
    assertThat(text(object, "verdict")).isEqualTo("verified");
    assertThat(object.get("signers")).contains(JsonArray.of(List.of(new JsonString(key))));
    assertThat(object.get("relaxations"))
        .contains(JsonArray.of(List.of(new JsonString("transparency log not checked"))));
    assertThat(((JsonArray) object.get("signatures").orElseThrow()).values())
        .extracting(signature -> text((JsonObject) signature, "format"))
        .containsExactlyInAnyOrder("legacy", "bundle");
  }

  private static String text(JsonObject object, String name) {
    return ((JsonString) object.get(name).orElseThrow()).value();
  }

  /** cosign takes any other word for json. */
  @ParameterizedTest
  @ValueSource(strings = {"yaml", "JSON", "xml"})
  void anUnknownFormIsJson(String form) throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");

    InProcess.Result result = bench.verify("--output", form, bench.tagged());

    assertThat(result.exit()).isZero();
    assertThat(result.stdout()).isEqualTo("\n[" + payload("null") + "]\n");
  }

  @Test
  void theResultMayGoToAFile() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");

    InProcess.Result result = bench.verify("--output-file", "out.json", bench.tagged());

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(bench.read("out.json")).isEqualTo("\n[" + payload("null") + "]\n");
    assertThat(result.stderr()).contains("Verification for " + bench.tagged() + " --");
  }

  @Test
  void aFileThatCannotBeWrittenIsAnErrorBeforeAnythingElse() {
    InProcess.Result result = bench.verify("--output-file", "no/such/out.json", bench.tagged());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(bench.registry.log().count()).isZero();
  }

  @Test
  void onlyChecksThatWereMadeAreNamed() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    assertThat(bench.verify(bench.tagged()).stderr())
        .isEqualTo(
            "WARNING: Skipping tlog verification is an insecure practice that lacks transparency"
                + " and auditability verification for the signature.\n"
                + "\nVerification for "
                + bench.tagged()
                + " --\n"
                + "The following checks were performed on each of these signatures:\n"
                + "  - The cosign claims were validated\n"
                + "  - The signatures were verified against the specified public key\n"
                + "note: transparency log not checked\n");
  }

  @Test
  void whatWasRefusedIsListedWithItsReason() throws Exception {
    bench.put(ImageBench.BOB, ImageBench.BOTH, "app:v1");

    InProcess.Result result = bench.verify(bench.tagged());

    assertThat(result.exit()).isEqualTo(12);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .contains("note: what was looked at:\n")
        .contains("  signature 1 of " + bench.named("app:" + ImageBench.tagName(".sig")) + ": ")
        .contains("  " + bench.named("app@sha256:"));
  }

  @Test
  void foreignTextCannotForgeALine() throws Exception {
    bench.put(
        ImageBench.ALICE,
        ImageBench.LEGACY,
        "app:v1",
        Map.of("x", "\u001b[2J\nVerification for other --\u202e"));

    InProcess.Result result = bench.verify("-o", "text", bench.tagged());

    assertThat(result.exit()).isZero();
    assertThat(result.stdout() + result.stderr()).doesNotContain("\nVerification for other");
    assertThat(result.stderr()).doesNotContain("\u001b").doesNotContain("\u202e");
  }
}
