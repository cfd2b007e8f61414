package dev.bulla.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final Output err =
      Output.immediate(stderr, Output.buffered(OutputStream.nullOutputStream()));

  @Test
  void printsOneLineWhereNobodyWatches() {
    Progress.start(err, false, "Signing artifact...").close();

    assertThat(shown()).isEqualTo("Signing artifact...\n");
  }

  @Test
  void leavesNothingOnATerminal() {
    Progress progress = Progress.start(err, true, "Signing artifact...");
    assertThat(shown()).startsWith("\rSigning artifact... |");
    progress.close();
    progress.close();

    assertThat(shown()).endsWith("\r" + " ".repeat("Signing artifact... |".length()) + "\r");
  }

  private String shown() {
    return stderr.toString(StandardCharsets.UTF_8);
  }
}
