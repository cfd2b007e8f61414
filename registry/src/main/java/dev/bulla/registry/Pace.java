package dev.bulla.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Time and chance, as far as waiting and expiry depend on them. */
interface Pace {

  /** A clock that never jumps, in nanoseconds. */
  long nanoTime();

  /** Wall-clock time, for dates that servers name. */
  Instant now();

  void sleep(Duration duration) throws InterruptedException;

  /** From 0 (inclusive) to 1 (exclusive). */
  double chance();

  /** The real ones. */
  Pace SYSTEM =
      new Pace() {
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
          return ThreadLocalRandom.current().nextDouble();
        }
      };
}
