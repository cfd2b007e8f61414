package dev.bulla.testkit.registry;

import dev.bulla.testkit.http.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Holds requests until a test lets them go. Closing the server lets them go too, without an answer.
 */
public final class Gate {

  private static final Duration FOREVER = Duration.ofDays(1);

  private final CountDownLatch opened = new CountDownLatch(1);
  private final Semaphore arrivals = new Semaphore(0);

  /** Waits until so many further requests stand before the gate. */
  public void awaitArrivals(int number, Duration atMost) throws InterruptedException {
    if (!arrivals.tryAcquire(number, atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException(
          "fewer than " + number + " requests arrived within " + atMost);
    }
  }

  /** Lets every request pass, now and later. */
  public void open() {
    opened.countDown();
  }

  void pass(Waiting waiting) throws IOException {
    arrivals.release();
    waiting.until(opened, FOREVER);
  }
}
