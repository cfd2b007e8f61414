package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/**
 * A key that could not be found, opened, made or used. Never carries key material or a password.
 */
public final class KeyException extends BullaException {

  private static final long serialVersionUID = 1L;

  /** A failure that needs no advice. */
  public KeyException(String message) {
    super(message, null, null);
  }

  /** A failure with advice on what to do. */
  public KeyException(String message, String hint) {
    super(message, hint, null);
  }

  /** A failure caused by another. */
  public KeyException(String message, @Nullable Throwable cause) {
    super(message, null, cause);
  }

  /** A failure caused by another, with advice. */
  public KeyException(String message, String hint, Throwable cause) {
    super(message, hint, cause);
  }

  private KeyException(String message, Throwable cause, @Nullable String hint) {
    super(message, hint, cause);
  }

  @Override
  public KeyException in(String context) {
    return new KeyException(context + ": " + message(), this, hint().orElse(null));
  }

  @Override
  public ErrorCode code() {
    return ErrorCode.KEY;
  }
}
