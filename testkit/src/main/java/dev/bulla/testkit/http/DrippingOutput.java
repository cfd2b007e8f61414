package dev.bulla.testkit.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** Passes bytes on in small pieces, each flushed, with a pause before each. */
final class DrippingOutput extends OutputStream {

  private final Line line;
  private final OutputStream out;
  private final int bytesPerPiece;
  private final Duration pause;

  DrippingOutput(Line line, OutputStream out, int bytesPerPiece, Duration pause) {
    if (bytesPerPiece < 1) {
      throw new IllegalArgumentException("pieces of " + bytesPerPiece + " bytes");
    }
    this.line = line;
    this.out = out;
    this.bytesPerPiece = bytesPerPiece;
    this.pause = pause;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    for (int at = 0; at < count; at += bytesPerPiece) {
      line.pause(pause);
      out.write(bytes, from + at, Math.min(bytesPerPiece, count - at));
      out.flush();
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
