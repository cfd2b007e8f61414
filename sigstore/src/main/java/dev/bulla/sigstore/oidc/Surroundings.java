package dev.bulla.sigstore.oidc;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The machine, as far as tokens depend on it.
 *
 * @param variables the environment
 * @param root of the file system; another one in tests
 * @param directory where relative paths begin
 */
record Surroundings(Map<String, String> variables, Path root, Path directory) {

  Surroundings {
    variables = Map.copyOf(variables);
  }

  /** The variable's value, unless it is empty. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  boolean has(String name) {
    return variable(name).isPresent();
  }

  /** A file that this machine has at a well-known place, or that a variable names. */
  Path file(String path) throws ConfigurationException {
    try {
      // resolving an absolute path gives that path, so the first slash has to go
      return path.startsWith("/") ? root.resolve(path.substring(1)) : directory.resolve(path);
    } catch (InvalidPathException e) {
      throw new ConfigurationException(Quoted.text(path) + " is no path", e);
    }
  }

  /**
   * A small text without the white space around it.
   *
   * @param what it is, for the message
   */
  static String read(Path file, String what) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      Bytes content = LimitedInput.readAll(in, Limits.MAX_IDENTITY_TOKEN + 2L, what);
      return content.toUtf8String(what).strip();
    }
  }

  /** Says only how many variables there are: their values may be secrets. */
  @Override
  public String toString() {
    return "Surroundings[" + variables.size() + " variables, " + directory + "]";
  }
}
