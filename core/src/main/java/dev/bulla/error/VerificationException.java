package dev.bulla.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * No verdict in favour. {@link #outcome()} tells the different reasons apart, all the way to the
 * exit code: evidence that does not satisfy the policy is something else than evidence that could
 * not be read or places that could not be looked at.
 */
public final class VerificationException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** Why there is no verdict in favour. */
  public enum Outcome {
    /** Every place was asked and nothing that claims to be a signature is there. */
    NO_SIGNATURE(ErrorCode.NO_SIGNATURE),
    /** All signatures were read and none satisfies the policy. */
    REFUSED(ErrorCode.NO_MATCHING_SIGNATURE),
    /** The policy asks for a certificate and no signature carries one. */
    NO_CERTIFICATE(ErrorCode.NO_CERTIFICATE),
    /** Something claims to be a signature and cannot be read, and nothing else suffices. */
    MALFORMED(ErrorCode.MALFORMED_EVIDENCE),
    /** At least one place could not be looked at, and what was seen does not suffice. */
    UNDECIDED(ErrorCode.UNDECIDED);

    private final ErrorCode code;

    Outcome(ErrorCode code) {
      this.code = code;
    }
  }

  private final Outcome outcome;

  // List.copyOf is serializable, which its type does not say
  @SuppressWarnings("serial")
  private final List<Refusal> refusals;

  /** A verdict with the fate of every candidate, in the order in which they were looked at. */
  public VerificationException(
      Outcome outcome, String message, List<Refusal> refusals, @Nullable String hint) {
    super(message, hint, null);
    this.outcome = outcome;
    this.refusals = List.copyOf(refusals);
  }

  public Outcome outcome() {
    return outcome;
  }

  /** Every candidate and place that was looked at, with its own reason. */
  public List<Refusal> refusals() {
    return refusals;
  }

  private VerificationException(String message, VerificationException cause) {
    super(message, cause.hint().orElse(null), cause);
    this.outcome = cause.outcome;
    this.refusals = cause.refusals;
  }

  @Override
  public VerificationException in(String context) {
    return new VerificationException(context + ": " + message(), this);
  }

  @Override
  public ErrorCode code() {
    return outcome.code;
  }
}
