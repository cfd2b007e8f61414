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
    super(what.isEmpty() ? problem : what + ": " + problem, hint, cause);
    this.what = what;
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

  @Override
  public MalformedInputException in(String context) {
    return new MalformedInputException("", context + ": " + message(), hint().orElse(null), this);
  }

  @Override
  public ErrorCode code() {
    return ErrorCode.MALFORMED_INPUT;
  }
}
