package dev.bulla.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says that work is going on: on a terminal a line with a turning bar that disappears at the end,
 * elsewhere one plain line.
 *
 * <pre>{@code
 * try (Progress ignored = context.progress("Signing artifact...")) {
 *   …
 * }
 * }</pre>
 */
public final class Progress implements AutoCloseable {

  private static final String FRAMES = "|/-\\";
  private static final long FRAME_MILLIS = 100;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Output err;
  private final boolean animated;
  private String text;
  private int width;

  private Progress(Output err, String text, boolean animated) {
    this.err = err;
    this.text = text;
    this.animated = animated;
  }

  /** Shows the text at once. */
  public static Progress start(Output err, boolean animated, String text) {
    Progress progress = new Progress(err, text, animated);
    if (!animated) {
      err.println(text);
      return progress;
    }
    progress.draw(0);
    Thread.ofPlatform().daemon().name("progress").start(progress::turn);
    return progress;
  }

  private void turn() {
    try {
      for (int frame = 1; !done.await(FRAME_MILLIS, TimeUnit.MILLISECONDS); frame++) {
        draw(frame);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void draw(int frame) {
    if (done.getCount() > 0) {
      String line = text + " " + FRAMES.charAt(frame % FRAMES.length());
      err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    }
  }

  /** Says something else from the next frame on; only on a terminal. */
  public synchronized void update(String other) {
    text = other;
  }

  /** Prints above the line, which makes room and comes back. */
  public synchronized void above(Runnable printing) {
    erase();
    printing.run();
  }

  private void erase() {
    if (animated && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
  }

  /** Removes the line from a terminal; a plain line stays. */
  @Override
  public synchronized void close() {
    if (done.getCount() > 0) {
      done.countDown();
      erase();
    }
  }
}
