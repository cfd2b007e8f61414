package dev.bulla.certificate;

/**
 * Why a chain does not count. Where several authorities were tried, the reason of the attempt that
 * came furthest.
 *
 * @param detail the reason in words; no text of the certificates is in it
 */
public record ChainRefusal(Reason reason, String detail) implements ChainCheck {

  /** The kinds of reason. */
  public enum Reason {
    /** The leaf is an authority's certificate. */
    AUTHORITY_AS_LEAF,
    /** The leaf vouches for itself. */
    SELF_SIGNED_LEAF,
    /** A certificate of the chain is not for this usage, or its key is not. */
    WRONG_USAGE,
    /** A certificate sets a condition that we do not know. */
    UNKNOWN_CRITICAL_EXTENSION,
    /** A certificate was not valid yet at that time. */
    NOT_YET_VALID,
    /** A certificate was no longer valid at that time. */
    EXPIRED,
    /** No certificate has the name of the leaf's issuer. */
    ISSUER_MISMATCH,
    /** A signature in the chain is by an algorithm that does not count, such as with SHA-1. */
    UNSUPPORTED_ALGORITHM,
    /** A certificate was not signed by the key of its issuer. */
    SIGNATURE_MISMATCH,
    /** An issuer is no authority. */
    NOT_AN_AUTHORITY,
    /** The chain is longer than an authority permits, or than we follow. */
    PATH_TOO_LONG,
    /** The chain ends before a trusted certificate. */
    NO_TRUST_ANCHOR,
    /** The chain leads to an authority that was not trusted at that time. */
    OUTSIDE_AUTHORITY_VALIDITY
  }
}
