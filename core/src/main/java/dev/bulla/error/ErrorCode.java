package dev.bulla.error;

/**
 * Stable names of the kinds of failure. New members may be added; existing ones keep their meaning.
 */
public enum ErrorCode {
  /** Two settings disagree, or one asks for what cannot be done. */
  CONFIGURATION,
  /** A key could not be found, opened or used. */
  KEY,
  /** Bytes are not what they claim to be. */
  MALFORMED_INPUT,
  /** A registry could not be asked, or gave no usable answer. */
  REGISTRY,
  /** A service around signatures does not do what it was asked for. */
  SERVICE,
  /** A thing that was named does not exist in the registry. */
  NOT_FOUND,
  /** Nothing that claims to be a signature was found, and every place was asked. */
  NO_SIGNATURE,
  /** Signatures were found and none of them satisfies the policy. */
  NO_MATCHING_SIGNATURE,
  /** A certificate was required and the signatures carry none. */
  NO_CERTIFICATE,
  /** The question could not be answered. */
  UNDECIDED,
  /** Evidence was found that cannot be read, and what could be read does not suffice. */
  MALFORMED_EVIDENCE;

  /**
   * Which of several failures is said of all of them together; the larger, the worse: could not
   * look, malformed, refused, no certificate, unsigned, absent, then the rest.
   */
  public int severity() {
    return switch (this) {
      case REGISTRY, UNDECIDED -> 7;
      case MALFORMED_INPUT, MALFORMED_EVIDENCE -> 6;
      case NO_MATCHING_SIGNATURE -> 5;
      case NO_CERTIFICATE -> 4;
      case NO_SIGNATURE -> 3;
      case NOT_FOUND -> 2;
      case CONFIGURATION, KEY, SERVICE -> 1;
    };
  }
}
