package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/**
 * Bytes or text that are not what they claim to be. The only exception that leaves a parser.
 *
 * <p>The message names what was being read, then what is wrong with it: {@code bundle: mediaType:
 * unsupported …}.
 */
public final class MalformedInputException extends BullaException {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final Refusal.ReasonCode reason;

  /**
   * @param what what was being read, in the field's terms ({@code "bundle"}, {@code "image
   *     reference"})
   * @param problem what is wrong; foreign text in it must have gone through {@link Quoted}
   */
  public MalformedInputException(String what, String problem) {
    this(what, problem, null, null);
  }

  /** As the two-argument form, with the failure that showed the problem. */
  public MalformedInputException(String what, String problem, Throwable cause) {
    this(what, problem, null, cause);
  }

  private MalformedInputException(
      String what, String problem, @Nullable String hint, @Nullable Throwable cause) {
    this(what, problem, hint, cause, Refusal.ReasonCode.MALFORMED);
  }

  private MalformedInputException(
      String what,
      String problem,
      @Nullable String hint,
      @Nullable Throwable cause,
      Refusal.ReasonCode reason) {
    super(what.isEmpty() ? problem : what + ": " + problem, hint, cause);
    this.what = what;
    this.reason = reason;
  }

  /** Evidence in which the proof that a log has it is missing, although its format asks for it. */
  public static MalformedInputException withoutInclusionProof(String what, String problem) {
    return new MalformedInputException(
        what, problem, null, null, Refusal.ReasonCode.NO_INCLUSION_PROOF);
  }

  /** A failure whose text is given whole, for messages that others fixed long ago. */
  public static MalformedInputException verbatim(String message) {
    return new MalformedInputException("", message, null, null);
  }

  /** A failure with advice on what to do. */
  public static MalformedInputException withHint(String what, String problem, String hint) {
    return new MalformedInputException(what, problem, hint, null);
  }

  /** What was being read. */
  public String what() {
    return what;
  }

  /** What it says of a signature that cannot be read for it. */
  public Refusal.ReasonCode reason() {
    return reason;
  }

  @Override
  public MalformedInputException in(String context) {
    return new MalformedInputException(
        "", context + ": " + message(), hint().orElse(null), this, reason);
  }

  @Override
  public ErrorCode code() {
    return ErrorCode.MALFORMED_INPUT;
  }
}
