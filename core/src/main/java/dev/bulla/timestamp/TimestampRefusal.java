package dev.bulla.timestamp;

/**
 * Why a timestamp does not count. Where several authorities were tried, the reason of the attempt
 * that came furthest.
 *
 * @param detail the reason in words; no text of the token is in it
 */
public record TimestampRefusal(Reason reason, String detail) implements TimestampCheck {

  /** The kinds of reason; a later one is of a check that comes later. */
  public enum Reason {
    /** It is for other bytes. */
    WRONG_IMPRINT,
    /** It was not made by a trusted authority. */
    UNTRUSTED_AUTHORITY,
    /** It names an algorithm that does not count, such as SHA-1. */
    UNSUPPORTED_ALGORITHM,
    /** What is signed is not what the token says, or not by the key of its signer. */
    SIGNATURE_MISMATCH,
    /** The signer's certificate is not for timestamps, or not for those alone. */
    WRONG_USAGE,
    /** At that time a certificate was not valid, or the authority not trusted. */
    OUTSIDE_VALIDITY
  }
}
