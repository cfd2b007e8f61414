package dev.bulla.admission.review;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Memory for reviews while they are read, which takes many times what they have in bytes. Who finds
 * no room waits for those before him; reading one takes milliseconds. Safe for use by many threads
 * at once.
 */
public final class ParsingRoom {

  /** What each value takes when a review is all values, in bytes. */
  private static final int VALUE_BYTES = 100;

  /** What each byte takes as text, and on its way there. */
  private static final int TEXT_BYTES = 3;

  private static final int UNIT = 1 << 10;

  /** What the largest review takes, in bytes. */
  static final long LARGEST = cost(ReviewRequest.MAX_BYTES);

  private final Semaphore room;

  /**
   * @param bytes at the same time; never less than one review takes
   */
  public ParsingRoom(long bytes) {
    this.room = new Semaphore(units(Math.max(LARGEST, bytes)), true);
  }

  /** For a process that has so much memory in all. */
  public static ParsingRoom in(long heap) {
    return new ParsingRoom(heap / 5);
  }

  static long cost(int size) {
    return (long) TEXT_BYTES * size
        + (long) VALUE_BYTES * Math.min(size / 2 + 1, ReviewRequest.MAX_VALUES);
  }

  private static int units(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
  }

  /**
   * Reads a review.
   *
   * @param patience how long to wait for room
   * @return empty when there was none
   * @throws MalformedInputException as {@link ReviewRequest#parse}
   */
  public Optional<ReviewRequest> parse(Bytes body, Duration patience)
      throws MalformedInputException, InterruptedException {
    int needed = units(cost(body.size()));
    if (!room.tryAcquire(needed, patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ReviewRequest.parse(body));
    } finally {
      room.release(needed);
    }
  }

  /** Takes it all, until the returned is run; for tests. */
  Runnable takeAll() {
    int all = room.drainPermits();
    return () -> room.release(all);
  }
}
