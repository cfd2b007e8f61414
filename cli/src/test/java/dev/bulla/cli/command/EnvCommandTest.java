package dev.bulla.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.InProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvCommandTest {

  /** Descriptions are in our own words; names, order, expectations and values are cosign's. */
  @Test
  void listsTheVariablesThatCosignLists() throws IOException {
    String ours = InProcess.nowhere().environment("COSIGN_PASSWORD", "pw").run("env").stdout();

    assertThat(withoutDescriptions(ours)).isEqualTo(withoutDescriptions(cosigns()));
  }

  @Test
  void leavesDescriptionsOut() {
    String listed =
        InProcess.nowhere()
            .environment("TUF_ROOT", "/tuf")
            .run("env", "--show-descriptions=false")
            .stdout();

    assertThat(listed).doesNotContain("#").contains("\nTUF_ROOT=/tuf\n");
  }

  @Test
  void showsSecretsOnlyWhenAsked() {
    InProcess withSecrets =
        InProcess.nowhere()
            .environment("COSIGN_PASSWORD", "pw")
            .environment("COSIGN_UNKNOWN", "value=1")
            .environment("BULLA_PASSWORD", "pw2")
            .environment("PATH", "/bin");

    assertThat(withSecrets.run("env").stdout())
        .contains("COSIGN_PASSWORD=******\n")
        .endsWith(
            """
            # Environment variables below are not registered with bulla,
            # but might still influence bulla's behavior.
            BULLA_PASSWORD=******
            COSIGN_UNKNOWN=******
            """);
    assertThat(withSecrets.run("env", "--show-sensitive-values").stdout())
        .contains("COSIGN_PASSWORD=pw\n")
        .endsWith("BULLA_PASSWORD=pw2\nCOSIGN_UNKNOWN=value=1\n");
  }

  private static List<String> withoutDescriptions(String listed) {
    return listed.lines().map(line -> line.replaceFirst("^(# [A-Z0-9_]+) .*", "$1")).toList();
  }

  private static String cosigns() throws IOException {
    try (InputStream in =
        EnvCommandTest.class.getResourceAsStream("/transcripts/cosign-3.1.1/env.stdout")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
