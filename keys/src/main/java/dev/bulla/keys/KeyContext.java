package dev.bulla.keys;

import dev.bulla.keys.kms.KmsProviders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The surroundings in which a key reference means something.
 *
 * @param environment for {@code env://}
 * @param directory what relative paths start from
 * @param fetcher for {@code https://}
 * @param warnings takes each warning, one line of text without control characters
 * @param providers for keys in services
 * @param timeout for one request to such a service
 * @param patience for one run of a plugin program, which may have to wait for a person
 * @param prompt asks a person for the PIN of a token
 */
public record KeyContext(
    Environment environment,
    Path directory,
    KeyFetcher fetcher,
    Consumer<String> warnings,
    KmsProviders providers,
    Duration timeout,
    Duration patience,
    PasswordPrompt prompt) {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /**
   * With the providers on the class path, and half a minute for each of their requests, three
   * minutes for each run of a plugin program, and nobody to ask.
   */
  public KeyContext(
      Environment environment, Path directory, KeyFetcher fetcher, Consumer<String> warnings) {
    this(
        environment,
        directory,
        fetcher,
        warnings,
        KmsProviders.onClassPath(),
        TIMEOUT,
        PATIENCE,
        PasswordPrompt.nobody());
  }

  /** Files only, relative to a directory: no variables, no network, warnings dropped. */
  public static KeyContext filesIn(Path directory) {
    return new KeyContext(Environment.empty(), directory, KeyFetcher.none(), warning -> {});
  }

  public KeyContext withEnvironment(Environment other) {
    return new KeyContext(
        other, directory, fetcher, warnings, providers, timeout, patience, prompt);
  }

  public KeyContext withFetcher(KeyFetcher other) {
    return new KeyContext(
        environment, directory, other, warnings, providers, timeout, patience, prompt);
  }

  public KeyContext withWarnings(Consumer<String> other) {
    return new KeyContext(
        environment, directory, fetcher, other, providers, timeout, patience, prompt);
  }

  public KeyContext withProviders(KmsProviders other) {
    return new KeyContext(
        environment, directory, fetcher, warnings, other, timeout, patience, prompt);
  }

  public KeyContext withTimeout(Duration other) {
    return new KeyContext(
        environment, directory, fetcher, warnings, providers, other, patience, prompt);
  }

  public KeyContext withPatience(Duration other) {
    return new KeyContext(
        environment, directory, fetcher, warnings, providers, timeout, other, prompt);
  }

  public KeyContext withPrompt(PasswordPrompt other) {
    return new KeyContext(
        environment, directory, fetcher, warnings, providers, timeout, patience, other);
  }
}
