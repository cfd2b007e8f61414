package dev.bulla.registry;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests of one kind are under way to one host at the same time. Nobody is held back
 * until the host says that it is too much (429, 503): then half of what was under way is allowed,
 * and one more for each answer after that.
 *
 * <p>Who holds a place for writing may take one for reading, since a blob may be fetched while it
 * is sent; never the other way round.
 */
final class Concurrency {

  static final int MAX = 256;

  /** What an exchange says about how much the host can take. */
  enum Outcome {
    ANSWERED,
    OVERLOADED,
    /** Nothing: there was no answer. */
    UNKNOWN
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private int limit = MAX;
  private int running;

  /** Counts the halvings: those who started before one do not bring about the next. */
  private long era;

  /**
   * Waits for a place.
   *
   * @return what {@link #leave} wants to know, or −1 when the time was over first
   */
  long enter(Duration most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = most.toNanos();
      while (running >= limit) {
        if (left <= 0) {
          return -1;
        }
        left = freed.awaitNanos(left);
      }
      running++;
      return era;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the place back, with what came of it. */
  void leave(long entered, Outcome outcome) {
    lock.lock();
    try {
      if (entered == era) {
        if (outcome == Outcome.OVERLOADED) {
          limit = Math.max(1, Math.min(limit, running) / 2);
          era++;
        } else if (outcome == Outcome.ANSWERED && limit < MAX) {
          limit++;
        }
      }
      running--;
      freed.signalAll(); // as many may go on as there is room for
    } finally {
      lock.unlock();
    }
  }

  int limit() {
    lock.lock();
    try {
      return limit;
    } finally {
      lock.unlock();
    }
  }
}
