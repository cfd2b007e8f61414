package dev.bulla.sigstore.tuf;

/** An update that was refused, or that could not be made. What was trusted before still is. */
public final class TufException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Reason {
    /** The repository could not be asked. */
    UNREACHABLE,
    /** The repository does not have what it lists, or what every repository has. */
    MISSING,
    /** It is not metadata, or longer than it may be. */
    MALFORMED,
    /** Too few of the keys signed that have to. */
    UNSIGNED,
    /** A version is older than one that was seen, or not the one that is listed. */
    WRONG_VERSION,
    /** It was valid until a time that is over. */
    EXPIRED,
    /** The bytes are not those that are listed. */
    WRONG_CONTENT,
    /** No role that may speak of the target lists it. */
    NO_SUCH_TARGET,
    /** What was fetched could not be kept. */
    NOT_KEPT
  }

  private final Reason reason;

  /**
   * For the client, sources and stores.
   *
   * @param message what was tried; foreign text in it has gone through {@code Quoted}
   */
  public TufException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** As the other form, caused by another failure. */
  public TufException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
