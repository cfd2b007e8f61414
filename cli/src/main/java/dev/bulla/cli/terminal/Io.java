package dev.bulla.cli.terminal;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * Everything a command line touches besides its words.
 *
 * @param stdin read only when a command says so
 * @param stdout results; buffered and flushed by us
 * @param stderr everything said to a person
 * @param environment the variables, as they were when the program started
 * @param workingDirectory what relative paths start from
 * @param terminal the person at the keyboard, if there is one
 */
public record Io(
    InputStream stdin,
    OutputStream stdout,
    OutputStream stderr,
    Map<String, String> environment,
    Path workingDirectory,
    Terminal terminal) {

  public Io {
    environment = Map.copyOf(environment);
  }

  /** Says only how many variables there are: their values may be secrets. */
  @Override
  public String toString() {
    return "Io[" + workingDirectory + ", " + environment.size() + " variables]";
  }
}
