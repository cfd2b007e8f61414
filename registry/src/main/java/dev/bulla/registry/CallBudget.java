package dev.bulla.registry;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long one piece of work may take, and how much of that it may spend waiting before it tries
 * again: 10 s of its own accord, and as long as a server asks for, while that fits the deadline.
 * Shared by everything that belongs to the piece of work.
 */
final class CallBudget {

  private static final Duration MAX_WAITING = Duration.ofSeconds(10);
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration MAX_PATIENT_WAIT = Duration.ofSeconds(4);
  private static final int FACTOR = 3;

  private final Pace pace;
  private final Duration total;
  private final long deadline;
  private long waited;

  private CallBudget(Pace pace, Duration total) {
    this.pace = pace;
    this.total = total;
    this.deadline = pace.nanoTime() + total.toNanos();
  }

  static CallBudget startingNow(Pace pace, Duration total) {
    return new CallBudget(pace, total);
  }

  Duration total() {
    return total;
  }

  /** Zero or negative when there is none. */
  Duration remaining() {
    return Duration.ofNanos(deadline - pace.nanoTime());
  }

  /**
   * Waits before another attempt.
   *
   * @param attempt the number of the one that failed, from 1
   * @param askedSeconds what the server asked for
   * @return false, at once, when there is no time for it
   */
  boolean waitAfter(int attempt, OptionalLong askedSeconds) throws InterruptedException {
    return waitAfter(attempt, askedSeconds, false);
  }

  /**
   * As the other form.
   *
   * @param patient for work that would be half done: shorter waits, and as many of them as there
   *     are attempts, whatever was waited before
   */
  boolean waitAfter(int attempt, OptionalLong askedSeconds, boolean patient)
      throws InterruptedException {
    long nanos;
    synchronized (this) {
      long left = deadline - pace.nanoTime();
      if (askedSeconds.isPresent()) {
        if (askedSeconds.getAsLong() > left / 1_000_000_000) {
          return false;
        }
        nanos = askedSeconds.getAsLong() * 1_000_000_000;
      } else {
        long base = FIRST_WAIT.toNanos();
        for (int i = 1; i < attempt; i++) {
          base = patient ? Math.min(2 * base, MAX_PATIENT_WAIT.toNanos()) : base * FACTOR;
        }
        // anything up to twice the wait, so that those who failed together do not come back
        // together
        nanos = (long) (base * 2 * pace.chance());
        if (!patient && waited + nanos > MAX_WAITING.toNanos()) {
          return false;
        }
      }
      if (nanos >= left) {
        return false;
      }
      waited += askedSeconds.isPresent() ? 0 : nanos;
    }
    if (nanos > 0) {
      pace.sleep(Duration.ofNanos(nanos));
    }
    return true;
  }
}
