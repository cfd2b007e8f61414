package dev.bulla.testkit.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/** The connection a response goes out on, for the one thread that serves it. */
public final class Line {

  private static final int LINGER_MILLIS = 1000;
  private static final long LINGER_BYTES = 8L << 20;

  private final Socket transport;
  private final Socket socket;
  private final OutputStream out;
  private final Waiting waiting;
  private boolean persistent = true;
  private boolean http10;
  private boolean unreadInput;
  private boolean ended;

  /**
   * @param transport the TCP connection
   * @param socket the same, or TLS over it
   */
  Line(Socket transport, Socket socket, Waiting waiting) throws IOException {
    this.transport = transport;
    this.socket = socket;
    this.out = new BufferedOutputStream(socket.getOutputStream(), 16 << 10);
    this.waiting = waiting;
  }

  void startRequest(boolean keepAlive, boolean version10, boolean bodyToCome) {
    persistent = keepAlive;
    http10 = version10;
    unreadInput = bodyToCome;
  }

  void requestWasRead() {
    unreadInput = false;
  }

  /** Whether another request may follow. */
  boolean isPersistent() {
    return persistent && !ended;
  }

  /**
   * Writes the head with the body's own framing. Closing the stream completes the body and leaves
   * the connection open.
   */
  public OutputStream begin(WireRequest request, WireResponse response) throws IOException {
    OptionalLong length = response.body().length();
    if (length.isEmpty() && http10) {
      return beginUntilClose(response);
    }
    return begin(request, response, length);
  }

  /** As the other form, announcing the given length; empty for chunks. */
  public OutputStream begin(WireRequest request, WireResponse response, OptionalLong length)
      throws IOException {
    boolean bodiless = response.status() == 204 || response.status() == 304;
    WireHeaders headers = response.headers();
    boolean framed = headers.has("Content-Length") || headers.has("Transfer-Encoding");
    boolean chunks = length.isEmpty() && !bodiless && !framed;
    if (!framed && !bodiless) {
      headers =
          chunks
              ? headers.plus("Transfer-Encoding", "chunked")
              : headers.plus("Content-Length", Long.toString(length.orElse(0)));
    }
    if (headers.first("Connection").filter(v -> v.equalsIgnoreCase("close")).isPresent()) {
      persistent = false;
    } else if (!persistent) {
      headers = headers.plus("Connection", "close");
    }
    head(response, headers);
    if (request.method().equals("HEAD") || bodiless) {
      return new Framed(false, OptionalLong.of(0));
    }
    return new Framed(chunks, framed ? OptionalLong.empty() : length);
  }

  /** Writes a head without any framing; the body ends with the connection. */
  public OutputStream beginUntilClose(WireResponse response) throws IOException {
    persistent = false;
    head(response, response.headers().with("Connection", "close"));
    return out;
  }

  private void head(WireResponse response, WireHeaders headers) throws IOException {
    StringBuilder text = new StringBuilder(512);
    text.append("HTTP/1.1 ").append(response.status()).append(' ').append(response.reason());
    text.append("\r\n");
    for (WireHeaders.Field field : headers.fields()) {
      text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    text.append("\r\n");
    out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  void invite() throws IOException {
    out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Lets time pass, unless the server is closed meanwhile. */
  public void pause(Duration time) throws IOException {
    waiting.pause(time);
  }

  /** Waits until the server is closed. */
  public void awaitClose() throws IOException {
    waiting.untilClosed();
  }

  /** Ends the connection in good order: what was written arrives, nothing follows. */
  public void end() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    out.flush();
    socket.shutdownOutput();
    if (unreadInput && !waiting.isClosed()) {
      // closing with unread input makes TCP reset the connection, which can overtake the answer
      linger();
    }
    transport.close();
  }

  private void linger() throws IOException {
    socket.setSoTimeout(LINGER_MILLIS);
    InputStream in = socket.getInputStream();
    byte[] waste = new byte[16 << 10];
    for (long seen = 0; seen < LINGER_BYTES; ) {
      int n = in.read(waste);
      if (n < 0) {
        return;
      }
      seen += n;
    }
  }

  /** Resets the connection. */
  public void reset() throws IOException {
    ended = true;
    transport.setSoLinger(true, 0);
    transport.close();
  }

  /** A body within its framing. */
  private final class Framed extends OutputStream {

    private final boolean chunks;
    private long left;

    Framed(boolean chunks, OptionalLong length) {
      this.chunks = chunks;
      this.left = chunks ? Long.MAX_VALUE : length.orElse(Long.MAX_VALUE);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (count == 0) {
        return;
      }
      if (count > left) {
        throw new IOException("body longer than announced");
      }
      if (chunks) {
        out.write(
            (Integer.toHexString(count).toLowerCase(Locale.ROOT) + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
      } else if (left != Long.MAX_VALUE) {
        left -= count;
      }
      out.write(bytes, from, count);
      if (chunks) {
        out.write('\r');
        out.write('\n');
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        return;
      }
      if (chunks) {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      } else if (left > 0 && left != Long.MAX_VALUE) {
        // the client must not take the next head for the rest of this body
        persistent = false;
      }
      out.flush();
    }
  }
}
