package dev.bulla.cli.help;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.bulla.cli.InProcess;
import dev.bulla.cli.command.CommandNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionScriptTest {

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish", "powershell"})
  void knowsEveryCommandThatIsListedAndNoOther(String shell) {
    String script = script(shell);

    for (String path : CommandNames.shown()) {
      assertThat(script).contains(("bulla " + path).strip());
    }
    assertThat(script)
        .contains("output-key-prefix")
        .doesNotContain("new-bundle-format")
        .doesNotContain("bulla attest")
        .doesNotContain("verify-blob")
        .doesNotContain("test fail")
        .doesNotContain("%s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bulla ver                       | verify version",
        "bulla attach ''                 | attestation sbom signature",
        "bulla -d attach s               | sbom signature",
        "bulla completion ''             | bash zsh fish powershell",
        "bulla sign --format ''          | legacy bundle both",
        "bulla verify -o j               | json",
        "bulla sign --format = b          | bundle both",
        "bulla sign --format =            | legacy bundle both",
        "bulla triangulate --type d      | digest",
        "bulla sign --ke                 | --key",
        "bulla attach signature --sig    | --signature",
        "bulla public-key --key c        | ''",
        "bulla sign image --upl          | --upload",
        "bulla verify x y                | ''",
      })
  void completesInBash(String line, String offered) throws IOException, InterruptedException {
    assumeThat(Path.of("/bin/bash")).exists();
    String words = line.strip();
    Path file = Files.createTempFile("completion", ".bash");
    try {
      Files.writeString(
          file,
          script("bash")
              + """
              COMP_WORDS=(%s)
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
              _bulla
              echo "${COMPREPLY[*]}"
              """
                  .formatted(words));
      Process bash =
          new ProcessBuilder("/bin/bash", "--norc", file.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(bash.waitFor()).as(output).isZero();
      assertThat(output.strip()).isEqualTo(offered);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void refusesAnotherShell() {
    InProcess.Result result = InProcess.nowhere().run("completion", "tcsh");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(List.of(result.stderr().split("\n")))
        .contains("Error: invalid argument \"tcsh\" for \"bulla completion\"");
  }

  private static String script(String shell) {
    InProcess.Result result = InProcess.nowhere().run("completion", shell);
    assertThat(result.exit()).isZero();
    return result.stdout();
  }
}
