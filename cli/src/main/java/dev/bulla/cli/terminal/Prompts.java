package dev.bulla.cli.terminal;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Questions to the person, asked on stderr and answered on stdin. */
public final class Prompts {

  private static final int LONGEST_ANSWER = 4096;

  private final InputStream in;
  private final Output err;

  public Prompts(InputStream in, Output err) {
    this.in = in;
    this.err = err;
  }

  /**
   * Returns when the person agrees. An empty answer, or none, is a no; so is anything but a plain
   * {@code y}. There is no second chance.
   *
   * @throws ConfigurationException when the person does not agree
   */
  public void requireConsent() throws ConfigurationException {
    err.print("Are you sure you would like to continue? [y/N] ");
    String answer = readLine();
    switch (answer) {
      case "y", "Y" -> {}
      case "", "n", "N" -> throw new ConfigurationException("user declined the prompt");
      default ->
          throw new ConfigurationException(
              "invalid input " + Quoted.text(answer) + " (allowed values y, n)");
    }
  }

  /** Asks for a line of text, which is shown while it is typed. */
  public String ask(String text) throws ConfigurationException {
    err.print(text);
    return readLine();
  }

  /** One line without its end; what follows it stays in the stream. */
  private String readLine() throws ConfigurationException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
        if (line.size() == LONGEST_ANSWER) {
          throw new ConfigurationException("answer longer than " + LONGEST_ANSWER + " bytes");
        }
        line.write(b);
      }
    } catch (IOException e) {
      throw new ConfigurationException("reading the answer from standard input failed", e);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
