package dev.bulla.testkit.kms;

/** What a key service does wrong on demand. */
public enum KmsFault {
  /** Asks for fewer requests. */
  THROTTLED,
  /** HTTP 500. */
  SERVER_ERROR,
  /** Takes the request and never answers. */
  SILENCE,
  /** Lets the caller do nothing. */
  NOT_PERMITTED,
  /** Says that the request's time is too far from its own. */
  CLOCK_SKEW
}
