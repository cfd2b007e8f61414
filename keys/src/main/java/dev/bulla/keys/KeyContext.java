package dev.bulla.keys;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The surroundings in which a key reference means something.
 *
 * @param environment for {@code env://}
 * @param directory what relative paths start from
 * @param fetcher for {@code https://}
 * @param warnings takes each warning, one line of text without control characters
 */
public record KeyContext(
    Environment environment, Path directory, KeyFetcher fetcher, Consumer<String> warnings) {

  /** Files only, relative to a directory: no variables, no network, warnings dropped. */
  public static KeyContext filesIn(Path directory) {
    return new KeyContext(Environment.empty(), directory, KeyFetcher.none(), warning -> {});
  }

  public KeyContext withEnvironment(Environment other) {
    return new KeyContext(other, directory, fetcher, warnings);
  }

  public KeyContext withFetcher(KeyFetcher other) {
    return new KeyContext(environment, directory, other, warnings);
  }

  public KeyContext withWarnings(Consumer<String> other) {
    return new KeyContext(environment, directory, fetcher, other);
  }
}
