package dev.bulla.testkit.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Buffered input that reads lines and bytes from the same stream. */
final class LineInput {

  private final InputStream in;
  private final byte[] buffer = new byte[16 << 10];
  private int at;
  private int filled;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** Whether another byte can be read; waits for it. */
  boolean hasMore() throws IOException {
    return at < filled || fill();
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = Math.max(0, in.read(buffer, 0, buffer.length));
    return filled > 0;
  }

  /** One line without its CRLF, each byte one character. */
  String line(int maxBytes) throws IOException, BadRequest {
    StringBuilder text = new StringBuilder();
    while (true) {
      if (!hasMore()) {
        throw new EOFException("connection ended inside a line");
      }
      byte b = buffer[at++];
      if (b == '\n') {
        int last = text.length() - 1;
        if (last < 0 || text.charAt(last) != '\r') {
          throw new BadRequest(400, "line without CRLF");
        }
        text.setLength(last);
        return text.toString();
      }
      if (text.length() > maxBytes) {
        throw new BadRequest(431, "line of more than " + maxBytes + " bytes");
      }
      text.append((char) (b & 0xff));
    }
  }

  int read(byte[] into, int from, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (at == filled) {
      if (count >= buffer.length) {
        return in.read(into, from, count);
      }
      if (!fill()) {
        return -1;
      }
    }
    int now = Math.min(count, filled - at);
    System.arraycopy(buffer, at, into, from, now);
    at += now;
    return now;
  }
}
