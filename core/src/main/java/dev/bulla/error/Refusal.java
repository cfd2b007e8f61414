package dev.bulla.error;

import java.io.Serializable;

/**
 * Why one candidate does not count.
 *
 * @param candidate where it was found, e.g. {@code signature 2 of sha256-….sig}
 * @param reason the kind of reason
 * @param detail the reason in words; foreign text in it has gone through {@link Quoted}
 */
public record Refusal(String candidate, ReasonCode reason, String detail) implements Serializable {

  /** The kinds of reason; the first group refuses, the others leave the question open. */
  public enum ReasonCode {
    /** The signature was not made by the required key over these bytes. */
    SIGNATURE_MISMATCH,
    /** The signed claims speak of another artifact. */
    WRONG_SUBJECT,
    /** A wanted annotation is missing or has another value. */
    WRONG_ANNOTATION,
    /** The signed statement is an attestation, not an image signature. */
    OTHER_PREDICATE,
    /** The signer is not the one the policy requires. */
    WRONG_SIGNER,
    /** No transparency log entry, and the policy requires one. */
    NO_LOG_ENTRY,
    /** No certificate, and the policy requires one. */
    NO_CERTIFICATE,
    /** The algorithm is not on the list. */
    UNSUPPORTED,
    /** It could not be parsed. */
    MALFORMED,
    /** It could not be fetched or checked. */
    UNDECIDED
  }
}
