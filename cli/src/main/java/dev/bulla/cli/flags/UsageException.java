package dev.bulla.cli.flags;

/** A command line that cannot be understood. The text is the one scripts know, word for word. */
public final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String advice;

  public UsageException(String message) {
    this(message, "");
  }

  /**
   * A failure with a line of advice.
   *
   * @param advice a line that follows the first copy of the message only, or nothing
   */
  public UsageException(String message, String advice) {
    super(message);
    this.advice = advice;
  }

  public String message() {
    return String.valueOf(getMessage());
  }

  /** A line for the reader that is not part of the message; empty when there is none. */
  public String advice() {
    return advice;
  }
}
