package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.transcript.Deviations;
import dev.bulla.cli.transcript.TranscriptRunner;
import dev.bulla.digest.Digest;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code copy}, {@code save}, {@code load} and {@code clean}, against what cosign 3.1.1 printed
 * with a registry that has no referrers API and deletes no tags.
 */
class MovingTranscriptsTest {

  private static final String NAG =
      "Command \"copy\" is deprecated, there are several options you can use instead:";
  private static final List<String> NAGS =
      List.of(
          NAG,
          "  - \"oras copy -r\" will copy images and referring artifacts",
          "  - \"cosign save\" to write to disk, followed by \"cosign load\" for a new registry",
          "  - \"cosign download\" followed by \"cosign attach\" to just copy the bundle");
  private static final String NO_NAGGING = "deprecated commands stay without nagging";
  private static final String OWN_TAG =
      "the image goes to its digest; its tag sha256-… is left to the list of referrers";
  private static final String EARLY = "a tag that is taken is refused before anything is copied";
  private static final String LIST_STAYS = "the list of referrers is emptied, not deleted";
  private static final String ORDER = "signatures come after attestations, the image last";

  @TempDir Path folder;

  private EmbeddedRegistry registry;
  private Digest digest;

  @BeforeEach
  void start() throws IOException {
    registry = EmbeddedRegistry.start(EmbeddedRegistry.options().dockerLocations());
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noTagDelete();
    for (String name : List.of("app", "app3")) {
      digest = SampleImage.image("transcript").pushTo(registry.repository(name), "v1");
    }
    SampleImage.image("other").pushTo(registry.repository("dst2"), "v1");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private TranscriptRunner runner() {
    return TranscriptRunner.in(folder)
        .with("REG", registry.host())
        .with("DIGEST", digest.toString())
        .with("HEX", digest.hex());
  }

  private void sign(String... more) {
    List<String> line =
        new ArrayList<>(List.of("sign", "--key", "cosign.key", "--tlog-upload=false"));
    line.addAll(List.of(more));
    line.add(registry.host() + "/app:v1");
    InProcess.Result result = InProcess.in(folder).environment("COSIGN_PASSWORD", "pw").run(line);
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  private void attach() {
    String base = "sha256-" + digest.hex();
    SampleImage.artifact(
            "application/vnd.x", "application/vnd.dsse.envelope.v1+json", Bytes.utf8("{}"))
        .pushTo(registry.repository("app"), base + ".att");
    SampleImage.artifact("application/vnd.x", "text/spdx", Bytes.utf8("sbom"))
        .pushTo(registry.repository("app"), base + ".sbom");
  }

  private static DynamicTest given(String what, Executable step) {
    return DynamicTest.dynamicTest("given " + what, step);
  }

  private List<DynamicTest> prepared(TranscriptRunner runner) throws IOException {
    List<DynamicTest> tests =
        new ArrayList<>(runner.tests("cosign-3.1.1/generate-key-pair.txt", Deviations.none()));
    tests.add(
        given(
            "two signatures, an attestation and an SBOM",
            () -> {
              sign("--format", "legacy");
              sign("--format", "legacy", "-a", "env=prod");
              attach();
            }));
    return tests;
  }

  @TestFactory
  List<DynamicTest> copy() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = prepared(runner);
    tests.addAll(runner.tests("cosign-3.1.1/copy.txt", copyDeviations()));
    return tests;
  }

  private static Deviations copyDeviations() {
    String image = "Copying $REG/app@$DIGEST to $REG/%s@$DIGEST...";
    String tagged = "Copying $REG/app:sha256-$HEX.%s to $REG/%s:sha256-$HEX.%s...";
    Deviations deviations = Deviations.none();
    for (String line :
        List.of(
            "$REG/app:v1 $REG/dst:v1",
            "$REG/app:v1 $REG/dst2:v1",
            "--force $REG/app:v1 $REG/dst2:v1",
            "--only sig $REG/app:v1 $REG/dst3:v1",
            "--sig-only $REG/app:v1 $REG/dst4:v1",
            "--only x $REG/app:v1 $REG/dst4:v1")) {
      deviations.withoutStderr("cosign copy " + line, NAGS, NO_NAGGING);
    }
    for (String target : List.of("dst", "dst2", "dst3")) {
      String line =
          switch (target) {
            case "dst" -> "$REG/app:v1 $REG/dst:v1";
            case "dst2" -> "--force $REG/app:v1 $REG/dst2:v1";
            default -> "--only sig $REG/app:v1 $REG/dst3:v1";
          };
      deviations.replacingStderr(
          "cosign copy " + line,
          "Copying $REG/app@$DIGEST to $REG/" + target + ":sha256-$HEX...",
          image.formatted(target),
          OWN_TAG);
    }
    return deviations
        .stderr(
            "cosign copy $REG/app:v1 $REG/dst2:v1",
            List.of(
                "Error: image \"$REG/dst2:v1\" already exists. Use `-f` to overwrite",
                "error during command execution: image \"$REG/dst2:v1\" already exists. Use `-f` to"
                    + " overwrite"),
            EARLY)
        .stderr(
            "cosign copy --force $REG/app:v1 $REG/dst2:v1",
            List.of(
                tagged.formatted("att", "dst2", "att"),
                tagged.formatted("sig", "dst2", "sig"),
                tagged.formatted("sbom", "dst2", "sbom"),
                image.formatted("dst2"),
                "Copying $REG/app@$DIGEST to $REG/dst2:v1..."),
            ORDER)
        .stderr(
            "cosign copy --only sig $REG/app:v1 $REG/dst3:v1",
            List.of(tagged.formatted("sig", "dst3", "sig"), image.formatted("dst3")),
            ORDER)
        .stderr(
            "cosign copy --sig-only $REG/app:v1 $REG/dst4:v1",
            List.of(
                "--sig-only is deprecated, use --only=sig instead"
                    + tagged.formatted("sig", "dst4", "sig"),
                image.formatted("dst4")),
            OWN_TAG);
  }

  @TestFactory
  List<DynamicTest> saveAndLoad() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = prepared(runner);
    String verify = "cosign verify --key %s --insecure-ignore-tlog --local-image %s";
    String notBuilt = "verify-attestation is not built yet";
    String code = "the code says why, on every path";
    tests.addAll(
        runner.tests(
            "cosign-3.1.1/save-load.txt",
            Deviations.none()
                .exit(verify.formatted("other.pub", "saved"), 12, code)
                .exit(verify.formatted("cosign.pub", "saved3"), 10, code)
                .skip(
                    "cosign verify-attestation --key cosign.pub --insecure-ignore-tlog"
                        + " --local-image saved",
                    notBuilt)
                .skip(
                    "cosign verify-attestation --key cosign.pub --insecure-ignore-tlog"
                        + " --local-image saved3",
                    notBuilt)));
    return tests;
  }

  @TestFactory
  List<DynamicTest> clean() throws IOException {
    TranscriptRunner runner = runner();
    List<DynamicTest> tests = prepared(runner);
    tests.add(
        given("a bundle, of which cosign warns in any case", () -> sign("--format", "bundle")));
    List<DynamicTest> blocks = runner.tests("cosign-3.1.1/clean.txt", cleanDeviations());
    int signatures = 0;
    for (DynamicTest block : blocks) {
      String line = block.getDisplayName();
      if (line.equals("cosign clean --type signature --force $REG/app:v1") && ++signatures == 3) {
        tests.add(given("a signature again", () -> sign("--format", "legacy")));
      }
      if (line.equals("cosign clean --force $REG/app:v1")) {
        tests.add(
            given(
                "a signature and two bundles",
                () -> {
                  sign("--format", "legacy");
                  sign("--format", "bundle", "-a", "n=1");
                  sign("--format", "bundle", "-a", "n=2");
                }));
      }
      tests.add(block);
    }
    return tests;
  }

  private static Deviations cleanDeviations() {
    return Deviations.none()
        .stderr(
            "cosign clean --type referrer --force $REG/app:v1",
            List.of("Removed $REG/app@sha256:$HEX1 from $REG/app:v1"),
            LIST_STAYS);
  }
}
