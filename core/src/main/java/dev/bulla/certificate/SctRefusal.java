package dev.bulla.certificate;

/**
 * Why a promise of a log does not count.
 *
 * @param detail the reason in words
 */
public record SctRefusal(Reason reason, String detail) {

  /** The kinds of reason. */
  public enum Reason {
    /** The certificate carries no promise. */
    NO_TIMESTAMP,
    /** It is from a log that is not trusted, or says so. */
    UNKNOWN_LOG,
    /** It was made when the log was not trusted. */
    OUTSIDE_LOG_VALIDITY,
    /** Its signature is of a kind that the log's key does not make. */
    UNSUPPORTED_ALGORITHM,
    /** The log did not make it for this certificate. */
    SIGNATURE_MISMATCH
  }
}
