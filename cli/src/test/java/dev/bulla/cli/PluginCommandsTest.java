package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.PluginProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Keys behind a plugin program, and what cosign says where there is none. */
@DisabledOnOs(OS.WINDOWS)
class PluginCommandsTest {

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    Path programs = Files.createDirectory(folder.resolve("programs"));
    PluginProgram.install(programs, "folder", System.getProperty("java.class.path"));
    bench.withoutEnvironment("COSIGN_PASSWORD").environment("PATH", programs.toString());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    return result;
  }

  @Test
  void theWholeWay() throws Exception {
    assertThat(run(0, "generate-key-pair", "--kms", "folder://k").stderr())
        .isEqualTo("Public key written to cosign.pub\n");
    assertThat(run(0, "public-key", "--key", "folder://k").stdout())
        .isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", "folder://k", "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", "folder://k", "--insecure-ignore-tlog", bench.tagged());
    run(
        0,
        "verify",
        "--key",
        "folder://k",
        "--insecure-ignore-tlog",
        "--kms-verify=remote",
        bench.tagged());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
    run(12, "verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @Test
  void aMissingKeyIsWhatTheProgramSays() {
    assertThat(run(1, "public-key", "--key", "folder://none").stderr())
        .contains("Error: plugin returned error: no key none\n");
    assertThat(run(1, "generate-key-pair", "--kms", "folder://../x").stderr())
        .contains("Error: creating key: plugin returned error: no name of a key\n");
  }

  @Test
  void withoutAProgramTheWordsAreThoseOfCosign() {
    assertThat(run(1, "generate-key-pair", "--kms", "nix://k").stderr())
        .contains(
            "Error: no kms provider found for key reference: nix://k: exec: \"sigstore-kms-nix\":"
                + " executable file not found in $PATH\n");
    assertThat(run(1, "generate-key-pair", "--kms", "nix").stderr())
        .contains(
            "Error: no kms provider found for key reference: nix: parsing input key resource"
                + " id: expected format: [plugin name]://[key ref], got: nix\n");
    assertThat(run(1, "sign", "--key", "nix://k", "--tlog-upload=false", bench.digested()).stderr())
        .contains("reading key: loading URL: unrecognized scheme: nix://\n");
    assertThat(run(1, "verify", "--key", "nix://k", bench.tagged()).stderr())
        .contains("loading public key: loading URL: unrecognized scheme: nix://\n");
  }
}
