package dev.bulla.registry.transport;

import dev.bulla.registry.transport.TransportException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends over one connection, read in pieces. Every failure leaves as a {@link
 * TransportException}.
 */
final class WireInput {

  private final InputStream in;
  private final byte[] buffer = new byte[8 << 10];
  private int at;
  private int end;
  private long received;

  WireInput(InputStream in) {
    this.in = in;
  }

  /** Bytes that ever came; 0 means that the server has not said anything. */
  long received() {
    return received;
  }

  boolean hasBuffered() {
    return at < end;
  }

  /** The next byte, or −1 at the end of the connection. */
  int read() throws TransportException {
    if (at == end && !fill()) {
      return -1;
    }
    return buffer[at++] & 0xff;
  }

  /** Some bytes, or −1 at the end of the connection. */
  int read(byte[] target, int offset, int length) throws TransportException {
    if (at == end && !fill()) {
      return -1;
    }
    int n = Math.min(length, end - at);
    System.arraycopy(buffer, at, target, offset, n);
    at += n;
    return n;
  }

  /**
   * A line without its end (CR LF, or LF alone), as Latin-1; {@code null} when the connection ended
   * before the first byte.
   *
   * @throws TransportException when the line is longer than the limit or the connection ends within
   *     it
   */
  @Nullable String line(int maxLength) throws TransportException {
    byte[] line = new byte[128];
    int length = 0;
    while (true) {
      int b = read();
      if (b < 0) {
        if (length == 0) {
          return null;
        }
        throw new TransportException(Kind.BROKEN, "the connection broke within a header", null);
      }
      if (b == '\n') {
        if (length > 0 && line[length - 1] == '\r') {
          length--;
        }
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
      }
      if (length == maxLength) {
        throw new TransportException(
            Kind.NOT_HTTP, "a header line is longer than " + maxLength + " bytes", null);
      }
      if (length == line.length) {
        line = java.util.Arrays.copyOf(line, Math.min(2 * length, maxLength));
      }
      line[length++] = (byte) b;
    }
  }

  private boolean fill() throws TransportException {
    try {
      at = 0;
      end = 0;
      int n = in.read(buffer, 0, buffer.length);
      if (n < 0) {
        return false;
      }
      end = n;
      received += n;
      return true;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  static TransportException broken(IOException e) {
    if (timedOut(e)) {
      return new TransportException(Kind.TIMEOUT, "no complete answer in time", e);
    }
    return new TransportException(Kind.BROKEN, "the connection broke: " + reason(e), e);
  }

  static boolean timedOut(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SocketTimeoutException) {
        return true;
      }
    }
    return false;
  }

  static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
