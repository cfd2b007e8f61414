package dev.bulla.sigstore.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/** Time and chance, as far as waiting depends on them. */
interface Pace {

  /** A clock that never jumps, in nanoseconds. */
  long nanoTime();

  /** Wall-clock time, for dates that services name. */
  Instant now();

  void sleep(Duration duration) throws InterruptedException;

  /** From 0 (inclusive) to 1 (exclusive). */
  double chance();

  /** The real ones. */
  static Pace system() {
    return new Pace() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
      }

      @Override
      public double chance() {
        return new SecureRandom().nextDouble();
      }
    };
  }
}
