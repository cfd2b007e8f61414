package dev.bulla.error;

import dev.bulla.error.Refusal.ReasonCode;

/**
 * A piece of evidence that was read and does not prove what it should. Never leaves the core: the
 * verifier turns it into the {@link Refusal} of the candidate that carries the evidence.
 */
public final class NotProvenException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ReasonCode reason;

  /**
   * @param detail the reason in words; foreign text in it must have gone through {@link Quoted}
   */
  public NotProvenException(ReasonCode reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /** As the two-argument form, with the failure that showed it. */
  public NotProvenException(ReasonCode reason, BullaException cause) {
    super(cause.message(), cause);
    this.reason = reason;
  }

  /** The kind of check that was not passed. */
  public ReasonCode reason() {
    return reason;
  }

  /** The reason in words. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
