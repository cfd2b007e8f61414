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
    /** The signature over a bare artifact was not made by the key over these bytes. */
    WRONG_MESSAGE,
    /** The signed claims speak of another artifact. */
    WRONG_SUBJECT,
    /** A wanted annotation is missing or has another value. */
    WRONG_ANNOTATION,
    /** The signed statement is an attestation, not an image signature. */
    OTHER_PREDICATE,
    /**
     * It is of another format than the one that the policy lets count; nothing else was checked.
     */
    OTHER_FORMAT,
    /** The signer is not the one the policy requires. */
    WRONG_SIGNER,
    /** No transparency log entry, and the policy requires one. */
    NO_LOG_ENTRY,
    /** No certificate, and the policy requires one. */
    NO_CERTIFICATE,
    /** The log entry of an envelope is that of another envelope, signature or signer. */
    WRONG_ENVELOPE,
    /** The log entry is by a log that is not trusted, or was not at that time. */
    UNKNOWN_LOG,
    /** The log entry is about another signature, key, certificate or digest. */
    WRONG_LOG_ENTRY,
    /** The log's promise to include the entry, the signed entry timestamp, is not the log's. */
    WRONG_LOG_PROMISE,
    /** The log entry has no proof that it is in the log, and needs one. */
    NO_INCLUSION_PROOF,
    /** The proof does not lead from the entry to the log's root hash. */
    WRONG_INCLUSION_PROOF,
    /** The state of a Rekor v1 log, to which a proof leads, is not signed by it. */
    WRONG_CHECKPOINT,
    /** The state of a Rekor v2 log, to which a proof leads, is not a note signed by it. */
    WRONG_NOTE,
    /** Nothing proves when the signature was made. */
    NO_PROVEN_TIME,
    /** The certificate was not valid at the time that the log proves. */
    WRONG_TIME,
    /** A timestamp is not by a trusted authority, or the certificate was not valid at its time. */
    WRONG_TIMESTAMP,
    /** The certificate was not issued by a trusted authority, or not for signing. */
    WRONG_CERTIFICATE,
    /** No log of certificates that is trusted says that it has the certificate. */
    WRONG_SCT,
    /** The algorithm is not on the list. */
    UNSUPPORTED,
    /** It could not be parsed. */
    MALFORMED,
    /** It could not be fetched or checked. */
    UNDECIDED
  }
}
