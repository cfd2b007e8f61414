package dev.bulla.registry.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * No usable answer came. The kind says how far the exchange got, which decides what may be tried
 * next.
 */
public final class TransportException extends IOException {

  private static final long serialVersionUID = 1L;

  /** How far the exchange got. */
  public enum Kind {
    /** No connection: unknown host, refused, unreachable. Nothing was sent. */
    NO_CONNECTION,
    /** No connection in time. Nothing was sent. */
    CONNECT_TIMEOUT,
    /**
     * The peer does not speak TLS on this port, or hung up during the handshake. Nothing was sent.
     */
    NOT_TLS,
    /** The peer speaks TLS and one side refused the other. Nothing was sent. */
    TLS,
    /** The proxy could not be reached, or refuses. Nothing was sent to the server. */
    PROXY,
    /** The deadline passed after the request had begun. */
    TIMEOUT,
    /** The connection broke before an answer came. */
    BROKEN,
    /** What came back is not HTTP, or HTTP that can be read in two ways. */
    NOT_HTTP,
    /** The body ended before its announced end. */
    CUT
  }

  private final Kind kind;

  public TransportException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The message; never null, unlike {@link Throwable#getMessage()}. */
  public String message() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the server cannot have seen the request. */
  public boolean nothingSent() {
    return switch (kind) {
      case NO_CONNECTION, CONNECT_TIMEOUT, NOT_TLS, TLS, PROXY -> true;
      case TIMEOUT, BROKEN, NOT_HTTP, CUT -> false;
    };
  }
}
