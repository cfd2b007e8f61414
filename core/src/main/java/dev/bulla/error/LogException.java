package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/** A transparency log, or another service around signatures, that could not be asked. */
public final class LogException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** A failure with advice on what to do. */
  public LogException(String message, String hint) {
    this(message, hint, null);
  }

  private LogException(String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, hint, cause);
  }

  @Override
  public LogException in(String context) {
    return new LogException(context + ": " + message(), hint().orElse(null), this);
  }

  @Override
  public ErrorCode code() {
    return ErrorCode.UNDECIDED;
  }
}
