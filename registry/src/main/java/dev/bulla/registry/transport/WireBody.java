package dev.bulla.registry.transport;

import dev.bulla.registry.transport.TransportException.Kind;
import java.io.InputStream;

/**
 * The body of one HTTP/1.1 response, delimited in one of the ways of RFC 9112 §6.3. {@link
 * #finished()} tells whether the connection stands at the start of the next response.
 */
abstract sealed class WireBody extends InputStream {

  private static final int MAX_CHUNK_LINE = 4 << 10;
  private static final int MAX_TRAILERS = 64;

  final WireInput in;

  private WireBody(WireInput in) {
    this.in = in;
  }

  abstract boolean finished();

  @Override
  public int read() throws TransportException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] target, int offset, int length) throws TransportException;

  /** A body of a known length; also the empty one. */
  static final class Fixed extends WireBody {
    private final long announced;
    private long remaining;

    Fixed(WireInput in, long length) {
      super(in);
      this.announced = length;
      this.remaining = length;
    }

    @Override
    boolean finished() {
      return remaining == 0;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws TransportException {
      if (remaining == 0) {
        return -1;
      }
      int n = in.read(target, offset, (int) Math.min(length, remaining));
      if (n < 0) {
        throw new TransportException(
            Kind.CUT,
            "the body ended after " + (announced - remaining) + " of " + announced + " bytes",
            null);
      }
      remaining -= n;
      return n;
    }
  }

  /** A body in chunks (RFC 9112 §7.1). */
  static final class Chunked extends WireBody {
    private long remaining;
    private boolean first = true;
    private boolean done;

    Chunked(WireInput in) {
      super(in);
    }

    @Override
    boolean finished() {
      return done;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws TransportException {
      if (done) {
        return -1;
      }
      if (remaining == 0 && !nextChunk()) {
        return -1;
      }
      int n = in.read(target, offset, (int) Math.min(length, remaining));
      if (n < 0) {
        throw cut();
      }
      remaining -= n;
      return n;
    }

    private boolean nextChunk() throws TransportException {
      if (!first && !line().isEmpty()) {
        throw new TransportException(Kind.NOT_HTTP, "a chunk is longer than it said", null);
      }
      first = false;
      remaining = size(line());
      if (remaining > 0) {
        return true;
      }
      for (int i = 0; !line().isEmpty(); i++) {
        if (i == MAX_TRAILERS) {
          throw new TransportException(Kind.NOT_HTTP, "too many trailer fields", null);
        }
      }
      done = true;
      return false;
    }

    private String line() throws TransportException {
      String line = in.line(MAX_CHUNK_LINE);
      if (line == null) {
        throw cut();
      }
      return line;
    }

    private static long size(String line) throws TransportException {
      long size = 0;
      int i = 0;
      for (; i < line.length(); i++) {
        int digit = Character.digit(line.charAt(i), 16);
        if (digit < 0) {
          break;
        }
        size = size << 4 | digit;
        if (i >= 15) {
          break;
        }
      }
      char after = i < line.length() ? line.charAt(i) : ';';
      if (i == 0 || i > 15 || (after != ';' && after != ' ' && after != '\t')) {
        throw new TransportException(Kind.NOT_HTTP, "not a chunk size", null);
      }
      return size;
    }

    private static TransportException cut() {
      return new TransportException(Kind.CUT, "the body ended before its last chunk", null);
    }
  }

  /** A body that ends with the connection; whether it is whole, nobody can tell but a digest. */
  static final class UntilClose extends WireBody {
    UntilClose(WireInput in) {
      super(in);
    }

    @Override
    boolean finished() {
      return false;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws TransportException {
      return in.read(target, offset, length);
    }
  }
}
