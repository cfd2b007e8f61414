package dev.bulla.keys.kms;

import dev.bulla.error.Quoted;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a program prints on standard error, a line at a time and made safe for a terminal. Only the
 * first lines are shown, and of each only its beginning.
 */
final class ProgramNotices {

  private static final int MAX_LINES = 50;
  private static final int MAX_LINE = 1024;

  private final Consumer<String> out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int lines;

  ProgramNotices(Consumer<String> out) {
    this.out = out;
  }

  void take(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        flush();
      } else if (line.size() < MAX_LINE) {
        line.write(bytes[i]);
      }
    }
  }

  void end() {
    flush();
  }

  private void flush() {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (text.isEmpty() || lines >= MAX_LINES) {
      return;
    }
    lines++;
    out.accept(Quoted.plain(text));
  }
}
