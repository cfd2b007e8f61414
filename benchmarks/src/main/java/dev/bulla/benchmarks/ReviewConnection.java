package dev.bulla.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A connection of the API server's kind: TLS, kept open, one request after another. It does as
 * little as it can, since it shares the machine with what it measures; the JDK's client takes
 * several times as much of the processor as the webhook does.
 */
final class ReviewConnection implements AutoCloseable {

  private static final int PATIENCE_MS = 40_000;
  private static final int MAX_HEAD = 8 << 10;

  /** The webhook's own, less a margin; were it shorter there, reviews would be counted as lost. */
  private static final Duration SERVER_IDLE = Duration.ofSeconds(115);

  private final Socket socket;
  private final InputStream in;
  private boolean used;
  private long answeredAt;

  private ReviewConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static ReviewConnection open(SSLContext tls, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MS);
      socket.startHandshake();
      return new ReviewConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Whether it was idle for so long that its end is that of its idle time, and no review lost. */
  boolean mayHaveEnded() {
    return used && System.nanoTime() - answeredAt > SERVER_IDLE.toNanos();
  }

  /**
   * Posts a review.
   *
   * @return the body of the answer
   * @throws IOException when there is none, or its status is not 200
   */
  String post(String path, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\n"
                + "Host: 127.0.0.1\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    socket.getOutputStream().write(request);
    String answer = head();
    used = true;
    byte[] content = in.readNBytes(length(answer));
    answeredAt = System.nanoTime();
    String text = new String(content, StandardCharsets.UTF_8);
    if (!answer.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(answer.lines().findFirst().orElse("") + ": " + text);
    }
    return text;
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder(200);
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0 || head.length() > MAX_HEAD) {
        throw new EOFException("no answer");
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private static int length(String head) throws IOException {
    String name = "content-length:";
    for (String line : head.lines().toList()) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name)) {
        return Integer.parseInt(line.substring(name.length()).strip());
      }
    }
    throw new IOException("an answer without a length");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
