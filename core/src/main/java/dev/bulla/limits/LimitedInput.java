package dev.bulla.limits;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads streams to their end, up to a limit. The only such place. */
public final class LimitedInput {

  private static final int FIRST_BUFFER = 8 << 10;

  private LimitedInput() {}

  /**
   * Reads to the end of the stream.
   *
   * @param limit bytes; one more makes the read fail, after at most {@code limit + 1} bytes were
   *     taken
   * @param what what is being read, for the message
   * @throws MalformedInputException when there is more than the limit
   */
  public static Bytes readAll(InputStream in, long limit, String what)
      throws IOException, MalformedInputException {
    int max = (int) Math.min(limit, Integer.MAX_VALUE - 16);
    byte[] buffer = new byte[Math.min(FIRST_BUFFER, max + 1)];
    int filled = 0;
    while (true) {
      int n = in.read(buffer, filled, buffer.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
      if (filled > max) {
        throw new MalformedInputException(what, "larger than the limit of " + max + " bytes");
      }
      if (filled == buffer.length) {
        // grow from what arrived, never from what a length header announces
        buffer = Arrays.copyOf(buffer, (int) Math.min((long) buffer.length * 2, (long) max + 1));
      }
    }
    return Bytes.owning(filled == buffer.length ? buffer : Arrays.copyOf(buffer, filled));
  }
}
