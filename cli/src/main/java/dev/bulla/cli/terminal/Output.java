package dev.bulla.cli.terminal;

import dev.bulla.bytes.Bytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream of text for a reader: UTF-8, lines end with {@code \n}. Thread-safe.
 *
 * <p>Printing never throws, so that rendering code stays simple. The first failure is kept,
 * whatever it was, nothing more is written after it, and the end of the program asks for it: a
 * result that did not arrive is not a success.
 */
public final class Output {

  private final OutputStream stream;
  private final @Nullable Output before;
  private @Nullable IOException failure;

  private Output(OutputStream stream, @Nullable Output before) {
    this.stream = stream;
    this.before = before;
  }

  /** Collects what is printed until {@link #flush()}. */
  public static Output buffered(OutputStream stream) {
    return new Output(new BufferedOutputStream(stream, 16 << 10), null);
  }

  /**
   * Writes at once, after flushing another output, so that both keep their order where they end up
   * in the same place.
   */
  public static Output immediate(OutputStream stream, Output before) {
    return new Output(stream, before);
  }

  public void print(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  public void println(String text) {
    print(text + "\n");
  }

  public void println() {
    print("\n");
  }

  public void print(Bytes bytes) {
    write(bytes.toByteArray());
  }

  private void write(byte[] bytes) {
    if (before != null) {
      before.flush();
    }
    synchronized (this) {
      if (failure != null) {
        return;
      }
      try {
        stream.write(bytes);
        if (before != null) {
          stream.flush();
        }
      } catch (Throwable e) { // Allowed: printing never throws
        fail(e);
      }
    }
  }

  public synchronized void flush() {
    if (failure == null) {
      try {
        stream.flush();
      } catch (Throwable e) { // Allowed: printing never throws
        fail(e);
      }
    }
  }

  /** Flushes and closes the stream below. */
  public synchronized void close() {
    flush();
    try {
      stream.close();
    } catch (Throwable e) { // Allowed: printing never throws
      fail(e);
    }
  }

  /** The streams below are the system's or a caller's; those of a caller may throw anything. */
  private void fail(Throwable e) {
    if (failure == null) {
      failure = e instanceof IOException io ? io : new IOException(e.toString(), e);
    }
  }

  /** The first thing that went wrong while writing. */
  public synchronized Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }
}
