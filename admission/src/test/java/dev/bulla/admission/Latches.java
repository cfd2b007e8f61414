package dev.bulla.admission;

import java.util.concurrent.CountDownLatch;

/** Waiting in places that may not be interrupted. */
public final class Latches {

  private Latches() {}

  /** Until it is open, or nobody waits for the one who waits here any more. */
  public static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
