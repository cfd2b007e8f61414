package dev.bulla.testkit.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of a request, its framing removed (RFC 9112 §6). */
final class RequestBody extends InputStream {

  /** Says "100 Continue" to a client that waits for it. */
  @FunctionalInterface
  interface Invitation {
    void send() throws IOException;
  }

  private static final int MAX_CHUNK_LINE = 4 << 10;
  private static final int MAX_TRAILERS = 100;

  private final LineInput in;
  private final boolean chunked;
  private final Invitation invitation;
  private boolean invited;
  private boolean betweenChunks;

  /** Bytes left of the body, or of the present chunk. */
  private long left;

  private boolean finished;

  private RequestBody(
      LineInput in, boolean chunked, long length, boolean awaited, Invitation invitation) {
    this.in = in;
    this.chunked = chunked;
    this.left = length;
    this.finished = !chunked && length == 0;
    this.invited = !awaited;
    this.invitation = invitation;
  }

  static RequestBody of(LineInput in, WireHeaders headers, Invitation invitation)
      throws BadRequest {
    boolean awaited =
        headers.first("Expect").filter(v -> v.equalsIgnoreCase("100-continue")).isPresent();
    if (headers.has("Transfer-Encoding")) {
      if (headers.has("Content-Length")) {
        // two lengths are how requests are smuggled past a front end
        throw new BadRequest(400, "both Content-Length and Transfer-Encoding");
      }
      if (!String.join(",", headers.all("Transfer-Encoding")).equalsIgnoreCase("chunked")) {
        throw new BadRequest(501, "unsupported transfer coding");
      }
      return new RequestBody(in, true, 0, awaited, invitation);
    }
    long length = 0;
    if (headers.all("Content-Length").size() > 1) {
      throw new BadRequest(400, "more than one Content-Length");
    }
    if (headers.has("Content-Length")) {
      String text = headers.first("Content-Length").orElse("");
      if (!text.matches("[0-9]{1,18}")) {
        throw new BadRequest(400, "malformed Content-Length");
      }
      length = Long.parseLong(text);
    }
    return new RequestBody(in, false, length, awaited, invitation);
  }

  /** Whether the whole body was read. */
  boolean isFinished() {
    return finished;
  }

  /**
   * Reads what is left, so that the next request can follow.
   *
   * @return false when that is too much, or when the client still waits to be asked for it
   */
  boolean drain(long maxBytes) throws IOException {
    if (!invited && !finished) {
      return false;
    }
    byte[] waste = new byte[8 << 10];
    long seen = 0;
    while (!finished && seen <= maxBytes) {
      int n = read(waste, 0, waste.length);
      if (n < 0) {
        break;
      }
      seen += n;
    }
    return finished;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    if (finished) {
      return -1;
    }
    if (count == 0) {
      return 0;
    }
    if (!invited) {
      invited = true;
      invitation.send();
    }
    if (chunked && left == 0) {
      nextChunk();
      if (finished) {
        return -1;
      }
    }
    int n = in.read(into, from, (int) Math.min(count, left));
    if (n < 0) {
      throw new EOFException("connection ended inside a request body");
    }
    left -= n;
    if (!chunked && left == 0) {
      finished = true;
    }
    return n;
  }

  private void nextChunk() throws IOException {
    try {
      if (betweenChunks && !in.line(0).isEmpty()) {
        throw new IOException("chunk longer than announced");
      }
      betweenChunks = true;
      String size = in.line(MAX_CHUNK_LINE);
      int extension = size.indexOf(';');
      size = (extension < 0 ? size : size.substring(0, extension)).strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new IOException("malformed chunk size");
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        skipTrailers();
        finished = true;
      }
    } catch (BadRequest e) {
      throw new IOException("malformed chunk: " + e.problem(), e);
    }
  }

  private void skipTrailers() throws IOException, BadRequest {
    for (int i = 0; i < MAX_TRAILERS; i++) {
      if (in.line(MAX_CHUNK_LINE).isEmpty()) {
        return;
      }
    }
    throw new IOException("too many trailers");
  }
}
