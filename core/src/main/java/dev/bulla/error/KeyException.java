package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/**
 * A key that could not be found, opened, made or used. Never carries key material or a password.
 */
public final class KeyException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** What kind of failure it is, for callers that act on it. New members may be added. */
  public enum Problem {
    /** None of the others. */
    OTHER,
    /** There is no such key, or no such version of it. */
    NOT_FOUND,
    /** The service knows the caller and does not let them do this. */
    NOT_PERMITTED,
    /** The service does not know the caller: no credentials, or bad ones. */
    NOT_AUTHENTICATED,
    /** The key's type, usage or state does not allow this. */
    WRONG_KEY,
    /** A setting is missing or cannot be used: an address, a region, a certificate file. */
    MISCONFIGURED,
    /** The clock here and the clock there are too far apart. */
    CLOCK_SKEW,
    /** The service asked for fewer requests, also after waiting. */
    THROTTLED,
    /** The service could not be reached, failed, or did not answer in time. */
    UNREACHABLE,
    /** What the service answered makes no sense. */
    BAD_ANSWER
  }

  private final Problem problem;

  /** A failure that needs no advice. */
  public KeyException(String message) {
    super(message, null, null);
    this.problem = Problem.OTHER;
  }

  /** A failure with advice on what to do. */
  public KeyException(String message, String hint) {
    super(message, hint, null);
    this.problem = Problem.OTHER;
  }

  /** A failure caused by another. */
  public KeyException(String message, @Nullable Throwable cause) {
    super(message, null, cause);
    this.problem = Problem.OTHER;
  }

  /** A failure caused by another, with advice. */
  public KeyException(String message, String hint, Throwable cause) {
    super(message, hint, cause);
    this.problem = Problem.OTHER;
  }

  private KeyException(
      Problem problem, String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, hint, cause);
    this.problem = problem;
  }

  /** A failure of a known kind, for whoever talks to a service that keeps keys. */
  public static KeyException of(
      Problem problem, String message, @Nullable String hint, @Nullable Throwable cause) {
    return new KeyException(problem, message, hint, cause);
  }

  public Problem problem() {
    return problem;
  }

  @Override
  public KeyException in(String context) {
    return new KeyException(problem, context + ": " + message(), hint().orElse(null), this);
  }

  /** A service that could not be asked leaves the question open. */
  @Override
  public ErrorCode code() {
    return problem == Problem.THROTTLED || problem == Problem.UNREACHABLE
        ? ErrorCode.UNDECIDED
        : ErrorCode.KEY;
  }
}
