package dev.bulla.error;

import org.jspecify.annotations.Nullable;

/**
 * An invariant of bulla itself broke. Not for anything that input, a registry or the environment
 * can cause.
 */
public final class BullaBug extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BullaBug(String message) {
    super(message);
  }

  public BullaBug(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
