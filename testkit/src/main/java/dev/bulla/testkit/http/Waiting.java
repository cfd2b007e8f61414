package dev.bulla.testkit.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waiting that never outlives the server: closing it ends every wait with an {@link IOException}.
 */
public final class Waiting {

  private final CountDownLatch closed = new CountDownLatch(1);

  Waiting() {}

  /** Lets the given time pass. */
  public void pause(Duration time) throws IOException {
    if (time.isZero()) {
      return;
    }
    if (until(closed, time)) {
      throw closing();
    }
  }

  /** Waits until the server is closed. */
  public void untilClosed() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Waits for something else, in steps, so that closing the server is noticed.
   *
   * @return whether it happened within the time
   */
  public boolean until(CountDownLatch other, Duration atMost) throws IOException {
    long deadline = System.nanoTime() + atMost.toNanos();
    try {
      while (true) {
        long left = deadline - System.nanoTime();
        if (other.await(
            Math.max(0, Math.min(left, TimeUnit.MILLISECONDS.toNanos(20))), TimeUnit.NANOSECONDS)) {
          return true;
        }
        if (left <= 0) {
          return false;
        }
        if (closed.getCount() == 0) {
          throw closing();
        }
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  void close() {
    closed.countDown();
  }

  private static IOException closing() {
    return new IOException("the server is closing");
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new IOException("interrupted");
  }
}
