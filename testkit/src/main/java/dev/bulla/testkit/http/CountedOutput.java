package dev.bulla.testkit.http;

import java.io.IOException;
import java.io.OutputStream;

/** Passes on a number of bytes and then fails. */
final class CountedOutput extends OutputStream {

  /** The number of bytes was reached. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final OutputStream out;
  private long left;

  CountedOutput(OutputStream out, long bytes) {
    this.out = out;
    this.left = bytes;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int now = (int) Math.min(count, left);
    out.write(bytes, from, now);
    left -= now;
    if (left == 0) {
      throw new Full();
    }
  }
}
