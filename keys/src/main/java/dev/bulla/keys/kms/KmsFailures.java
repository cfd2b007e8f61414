package dev.bulla.keys.kms;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with a key in a service, worded alike for every provider: what is missing, and
 * how to get it. Text from the service is quoted here; callers hand it over as it came, and hand
 * over no credential.
 *
 * @param service its name for people: {@code AWS KMS}
 * @param key what the user calls the key
 */
public record KmsFailures(String service, String key) {

  /**
   * A right is missing.
   *
   * @param action the exact name under which it is granted: {@code kms:Sign}
   */
  public KeyException notPermitted(String action, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.NOT_PERMITTED,
        about() + "not permitted: " + Quoted.plain(action),
        "grant " + Quoted.plain(action) + " on this key to whoever these credentials belong to",
        cause);
  }

  /** There is no such key. */
  public KeyException notFound(String message) {
    return KeyException.of(
        Problem.NOT_FOUND,
        about() + Quoted.plain(message),
        "`bulla generate-key-pair --kms` makes a key; compare the reference and the account,"
            + " namespace or region that is asked",
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

  private String about() {
    return service + " key " + Quoted.plain(key) + ": ";
  }
}
