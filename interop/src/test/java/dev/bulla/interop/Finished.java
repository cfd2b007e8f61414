package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

/** What a process left behind. */
final class Finished {

  private final String shown;
  private final int exit;
  private final byte[] out;
  private final String err;

  /**
   * Made when the process ended.
   *
   * @param shown the call, for messages
   */
  Finished(String shown, int exit, byte[] out, String err) {
    this.shown = shown;
    this.exit = exit;
    this.out = out;
    this.err = err;
  }

  /** Standard output. */
  int exit() {
    return exit;
  }

  byte[] out() {
    return out.clone();
  }

  String err() {
    return err;
  }

  Finished expect(int code) {
    assertThat(exit).as(() -> "exit code of: " + this).isEqualTo(code);
    return this;
  }

  Finished expectFailure() {
    assertThat(exit).as(() -> "exit code of: " + this).isNotZero();
    return this;
  }

  Finished expectError(String part) {
    assertThat(err).as(() -> "standard error of: " + shown).contains(part);
    return this;
  }

  String text() {
    return new String(out, StandardCharsets.UTF_8);
  }

  /** The only line of standard output. */
  String line() {
    String line = text().strip();
    assertThat(line).as(() -> "one line from: " + this).doesNotContain("\n").isNotEmpty();
    return line;
  }

  @Override
  public String toString() {
    return shown + "\n--- exit " + exit + indented("stdout", text()) + indented("stderr", err);
  }

  private static String indented(String name, String text) {
    return text.isEmpty() ? "" : "\n--- " + name + "\n" + text.strip().indent(4).stripTrailing();
  }
}
