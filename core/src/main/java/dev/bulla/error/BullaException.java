package dev.bulla.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something a caller has to face: what failed and why, and often what to do about it.
 *
 * <p>The message says what and why (lower-case start, no full stop). {@link #hint()} says what to
 * do. Callers branch on the subclass and {@link #code()}, never on the text.
 */
public abstract sealed class BullaException extends Exception
    permits ConfigurationException,
        KeyException,
        LogException,
        MalformedInputException,
        RegistryException,
        ServiceException,
        VerificationException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  BullaException(String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /**
   * What the reader can do about it, as a sentence without full stop; empty when there is nothing
   * useful to say.
   */
  public final Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /** A stable name for programs; one per kind of failure. */
  public abstract ErrorCode code();

  /**
   * The same failure, said in the context of what was being done: {@code <context>: <message>}.
   * Keeps code, hint and cause.
   *
   * @param context what was being done; foreign text in it must have gone through {@link Quoted}
   */
  public abstract BullaException in(String context);

  /** The message; never null, unlike {@link Throwable#getMessage()}. */
  public final String message() {
    String message = getMessage();
    return message == null ? getClass().getSimpleName() : message;
  }
}
