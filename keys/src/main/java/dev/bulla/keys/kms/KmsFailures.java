package dev.bulla.keys.kms;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with a key in a service, worded alike for every provider: what is missing, and
 * how to get it. Text from the service is quoted here; callers hand it over as it came, and hand
 * over no credential.
 *
 * @param service its name for people: {@code AWS KMS}
 * @param key what the user calls the key
 * @param subject what is asked for there
 */
public record KmsFailures(String service, String key, Subject subject) {

  /** What a service is asked for. */
  public enum Subject {
    /** A key that stays in the service. */
    KEY("key"),
    /** A key pair that the service stores as a whole. */
    STORED_KEYS("key"),
    /** Credentials for a registry of the service. */
    REGISTRY("registry"),
    /** Objects that the service stores and that are no keys. */
    OBJECTS("object");

    private final String word;

    Subject(String word) {
      this.word = word;
    }
  }

  /** Of a key that stays in the service. */
  public KmsFailures(String service, String key) {
    this(service, key, Subject.KEY);
  }

  /**
   * A right is missing.
   *
   * @param action the exact name under which it is granted: {@code kms:Sign}
   */
  public KeyException notPermitted(String action, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.NOT_PERMITTED,
        about() + "not permitted: " + Quoted.plain(action),
        "grant "
            + Quoted.plain(action)
            + " on this "
            + subject.word
            + " to whoever these credentials belong to",
        cause);
  }

  /** There is no such key. */
  public KeyException notFound(String message) {
    return KeyException.of(
        Problem.NOT_FOUND,
        about() + Quoted.plain(message),
        switch (subject) {
          case KEY ->
              "`bulla generate-key-pair --kms` makes a key; compare the reference and the account,"
                  + " namespace or region that is asked";
          case STORED_KEYS ->
              "`bulla generate-key-pair` with this reference makes a key pair there; compare it with"
                  + " the account or namespace that is asked";
          case REGISTRY, OBJECTS -> null;
        },
        null);
  }

  /** No credentials, or bad ones. */
  public KeyException notAuthenticated(String message, String hint, @Nullable Throwable cause) {
    return KeyException.of(Problem.NOT_AUTHENTICATED, about() + Quoted.plain(message), hint, cause);
  }

  /** The key's type, usage or state does not allow this. */
  public KeyException wrongKey(String message, String hint, @Nullable Throwable cause) {
    return KeyException.of(Problem.WRONG_KEY, about() + Quoted.plain(message), hint, cause);
  }

  /** A setting is missing or of no use. */
  public KeyException misconfigured(String message, String hint, @Nullable Throwable cause) {
    return KeyException.of(Problem.MISCONFIGURED, Quoted.plain(message), hint, cause);
  }

  /** The clocks are too far apart. */
  public KeyException clockSkew(String message, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.CLOCK_SKEW,
        about() + Quoted.plain(message),
        "the clock of this machine and that of the service are too far apart: set this one right",
        cause);
  }

  /** Too many requests, after all repeats. */
  public KeyException throttled(@Nullable Throwable cause) {
    return KeyException.of(
        Problem.THROTTLED,
        about() + "too many requests, also after waiting",
        "try again later, or ask for a higher quota",
        cause);
  }

  /** The service could not be asked: no connection, a failing server, no answer in time. */
  public KeyException unreachable(String address, String reason, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.UNREACHABLE,
        about() + Quoted.plain(address) + ": " + Quoted.plain(reason),
        "try again; nothing was decided",
        cause);
  }

  /** An answer that makes no sense. */
  public KeyException badAnswer(String message, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.BAD_ANSWER, about() + "unusable answer: " + Quoted.plain(message), null, cause);
  }

  /** A refusal that is none of the others. */
  public KeyException refused(String message, @Nullable Throwable cause) {
    return KeyException.of(Problem.OTHER, about() + Quoted.plain(message), null, cause);
  }

  /** A failure as whoever asked for something else than a key is told of it. */
  public static ConfigurationException asConfiguration(KeyException e) {
    Optional<String> hint = e.hint();
    return hint.isPresent()
        ? new ConfigurationException(e.message(), hint.get())
        : new ConfigurationException(e.message(), e);
  }

  private String about() {
    return service + " " + subject.word + " " + Quoted.plain(key) + ": ";
  }
}
