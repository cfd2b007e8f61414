package dev.bulla.admission.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of one request, of known length or in chunks. It ends where the request does. */
final class BodyInput extends InputStream {

  private static final int MAX_CHUNK_LINE = 256;
  private static final int MAX_CHUNK_DIGITS = 8;
  private static final int MAX_TRAILERS = 4 << 10;

  private final InputStream in;
  private final boolean chunked;
  private long left;
  private boolean begun;
  private boolean ended;

  /**
   * @param length below zero when it comes in chunks
   */
  BodyInput(InputStream in, long length) {
    this.in = in;
    this.chunked = length < 0;
    this.left = Math.max(0, length);
    this.ended = length == 0;
  }

  /** Whether all of it was read. */
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (chunked && left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int n = in.read(into, from, (int) Math.min(length, left));
    if (n < 0) {
      throw new EOFException("the body ended too early");
    }
    left -= n;
    if (left == 0 && !chunked) {
      ended = true;
    }
    return n;
  }

  private void nextChunk() throws IOException {
    if (begun && (in.read() != '\r' || in.read() != '\n')) {
      throw new IOException("a chunk is longer than it said");
    }
    begun = true;
    String size = line(MAX_CHUNK_LINE);
    int end = size.indexOf(';');
    String digits = RequestHead.trimmed(end < 0 ? size : size.substring(0, end));
    if (digits.isEmpty()
        || digits.length() > MAX_CHUNK_DIGITS
        || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
      throw new IOException("the size of a chunk is no number");
    }
    left = Long.parseLong(digits, 16);
    if (left == 0) {
      int trailers = 0;
      for (String line = line(MAX_TRAILERS); !line.isEmpty(); line = line(MAX_TRAILERS)) {
        trailers += line.length() + 2;
        if (trailers > MAX_TRAILERS) {
          throw new IOException("too much after the last chunk");
        }
      }
      ended = true;
    }
  }

  private String line(int max) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() <= max) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the body ended too early");
      }
      if (c == '\r') {
        if (in.read() != '\n') {
          break;
        }
        return line.toString();
      }
      if (RequestHead.isControl(c)) {
        throw new IOException("a line between chunks holds a control character");
      }
      line.append((char) c);
    }
    throw new IOException("a line between chunks does not end");
  }
}
