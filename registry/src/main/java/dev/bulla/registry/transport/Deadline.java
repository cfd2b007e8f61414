package dev.bulla.registry.transport;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** A point in time that an exchange may not pass, on the clock that never jumps. */
final class Deadline {

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  /** What a socket may wait at most, at least one millisecond. */
  int remainingMillis() throws SocketTimeoutException {
    long millis = remainingNanos() / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("deadline passed");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
