package dev.bulla.error;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A registry that could not be asked, refused, or answered with something unusable.
 *
 * <p>Only {@link Kind#NOT_FOUND} says that something is absent; every other kind means that we do
 * not know.
 */
public final class RegistryException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller has to tell cases apart. */
  public enum Kind {
    /** The registry says with authority that the thing does not exist (404). */
    NOT_FOUND,
    /** Credentials are missing or not accepted (401). */
    UNAUTHORIZED,
    /** The credentials do not allow this (403). */
    DENIED,
    /** Too many requests (429), after all retries. */
    THROTTLED,
    /** The registry failed (5xx), after all retries. */
    SERVER_ERROR,
    /** The deadline passed. */
    TIMEOUT,
    /** No connection, or it broke. */
    UNREACHABLE,
    /** The TLS handshake failed. */
    TLS,
    /** The answer breaks the protocol: wrong digest, cut body, unexpected type. */
    BAD_RESPONSE,
    /** The answer is larger than the limit for its kind. */
    TOO_LARGE,
    /** The registry refused the request as such (other 4xx). */
    CLIENT_ERROR,
    /**
     * We refused to go where the answer pointed, or to an address that a rule forbids, or to send
     * what was asked for.
     */
    UNSAFE
  }

  private final Kind kind;
  private final int status;

  // List.copyOf is serializable, which its type does not say
  @SuppressWarnings("serial")
  private final List<String> registryCodes;

  /**
   * @param status the HTTP status, or 0 when there was none
   * @param registryCodes the OCI error codes of the answer, possibly empty
   */
  public RegistryException(
      Kind kind,
      String message,
      int status,
      List<String> registryCodes,
      @Nullable String hint,
      @Nullable Throwable cause) {
    super(message, hint, cause);
    this.kind = kind;
    this.status = status;
    this.registryCodes = List.copyOf(registryCodes);
  }

  /** A failure without an HTTP answer. */
  public RegistryException(Kind kind, String message) {
    this(kind, message, 0, List.of(), null, null);
  }

  /** A failure without an HTTP answer, caused by another. */
  public RegistryException(Kind kind, String message, Throwable cause) {
    this(kind, message, 0, List.of(), null, cause);
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status of the answer, when there was one. */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  /** The OCI error codes of the answer (distribution-spec 1.1, "Error Codes"). */
  public List<String> registryCodes() {
    return registryCodes;
  }

  @Override
  public RegistryException in(String context) {
    return new RegistryException(
        kind, context + ": " + message(), status, registryCodes, hint().orElse(null), this);
  }

  @Override
  public ErrorCode code() {
    return kind == Kind.NOT_FOUND ? ErrorCode.NOT_FOUND : ErrorCode.REGISTRY;
  }
}
