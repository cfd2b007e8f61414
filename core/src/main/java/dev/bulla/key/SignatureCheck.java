package dev.bulla.key;

/**
 * What came of holding a signature against a key. A mismatch is an answer, not an exception: the
 * next key may match.
 */
public sealed interface SignatureCheck {

  /** The key made this signature over this message. */
  record Matched(SignatureAlgorithm algorithm) implements SignatureCheck {}

  /**
   * The key did not make this signature over this message, by any algorithm that was tried.
   *
   * @param reason in the words of cosign, which scripts look for
   */
  record Mismatch(String reason) implements SignatureCheck {}
}
