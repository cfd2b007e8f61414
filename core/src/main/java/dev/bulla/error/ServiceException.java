package dev.bulla.error;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A service around signatures (certificate authority, transparency log, timestamp authority, token
 * issuer) that could not be asked, refused, or answered with something unusable.
 *
 * <p>None of this says that something is absent.
 */
public final class ServiceException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller has to tell cases apart. New members may be added. */
  public enum Kind {
    /** No connection, or it broke. */
    UNREACHABLE,
    /** The deadline passed. */
    TIMEOUT,
    /** The TLS handshake failed. */
    TLS,
    /** Too many requests (429), after all repeats. */
    THROTTLED,
    /** The service failed (5xx), after all repeats. */
    FAILED,
    /** The service does not do what it was asked for (4xx). */
    REFUSED,
    /** The answer cannot be read, is larger than it may be, or answers another question. */
    BAD_ANSWER,
    /** We refused to go where the answer pointed, or to send a secret there. */
    UNSAFE
  }

  private final Kind kind;
  private final int status;

  /**
   * @param message what was asked and what came; foreign text in it has gone through {@link Quoted}
   * @param status the HTTP status, or 0 when there was none
   */
  public ServiceException(
      Kind kind, String message, int status, @Nullable String hint, @Nullable Throwable cause) {
    super(message, hint, cause);
    this.kind = kind;
    this.status = status;
  }

  /** A failure that needs no advice, without an HTTP status. */
  public ServiceException(Kind kind, String message) {
    this(kind, message, 0, null, null);
  }

  /** As the other form, caused by another failure. */
  public ServiceException(Kind kind, String message, Throwable cause) {
    this(kind, message, 0, null, cause);
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status of the answer, when there was one. */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  @Override
  public ServiceException in(String context) {
    return new ServiceException(
        kind, context + ": " + message(), status, hint().orElse(null), this);
  }

  /** A service that says no has answered; everything else leaves the question open. */
  @Override
  public ErrorCode code() {
    return kind == Kind.REFUSED ? ErrorCode.SERVICE : ErrorCode.UNDECIDED;
  }
}
