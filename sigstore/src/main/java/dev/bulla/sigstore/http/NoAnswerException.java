package dev.bulla.sigstore.http;

import dev.bulla.error.ServiceException;
import java.io.IOException;

/** A service that gave no usable answer, as a {@link ServiceTransport} says it. */
public final class NoAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  private final ServiceException.Kind kind;
  private final boolean nothingSent;

  /**
   * @param message why; foreign text in it has gone through {@code Quoted}
   * @param nothingSent whether the service cannot have seen the request
   */
  public NoAnswerException(
      ServiceException.Kind kind, String message, boolean nothingSent, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.nothingSent = nothingSent;
  }

  public ServiceException.Kind kind() {
    return kind;
  }

  public boolean nothingSent() {
    return nothingSent;
  }

  /** The message; never null, unlike {@link Throwable#getMessage()}. */
  public String message() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
