package dev.bulla.admission.cache;

import dev.bulla.error.BullaException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does the same thing once for everybody who asks for it while it is being done. Whoever asks first
 * starts it; it goes on when he gives up waiting, since others may wait too, and ends at his
 * deadline.
 *
 * @param <V> what comes of it
 */
final class SingleFlight<V> {

  /** What is done. */
  @FunctionalInterface
  interface Task<V> {
    V run(Instant deadline) throws BullaException;
  }

  /**
   * What came of it.
   *
   * @param first whether it was started for this caller
   */
  record Landed<V>(V value, boolean first) {}

  private record Flight<V>(FutureTask<V> task, Instant deadline) {}

  private final Map<String, Flight<V>> flights = new ConcurrentHashMap<>();
  private final InstantSource clock;

  SingleFlight(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The result of the task under way for a key, or of this one.
   *
   * @throws BullaException what the task threw, or that it was not done in time
   */
  Landed<V> get(String key, Instant deadline, Task<V> task) throws BullaException {
    while (true) {
      Flight<V> ours = new Flight<>(flight(key, deadline, task), deadline);
      Flight<V> flight = flights.computeIfAbsent(key, unused -> ours);
      boolean first = flight.task().equals(ours.task());
      if (first) {
        Thread.ofVirtual().name("bulla-verify").start(ours.task());
      }
      try {
        return new Landed<>(landed(flight.task(), deadline), first);
      } catch (BullaException e) {
        if (first || !isOpen(e) || !canAskAgain(flight, deadline)) {
          throw e;
        }
      }
    }
  }

  private FutureTask<V> flight(String key, Instant deadline, Task<V> task) {
    return new FutureTask<>(() -> {
      try {
        return task.run(deadline);
      } finally {
        flights.remove(key);
      }
    });
  }

  /** Whether it is over, had less time than the caller, and the caller still has some. */
  private boolean canAskAgain(Flight<V> flight, Instant deadline) {
    return flight.task().isDone()
        && flight.deadline().isBefore(deadline)
        && clock.instant().isBefore(deadline)
        && !Thread.currentThread().isInterrupted();
  }

  private static boolean isOpen(BullaException e) {
    return !(e instanceof VerificationException no) || no.outcome() == Outcome.UNDECIDED;
  }

  private V landed(FutureTask<V> task, Instant deadline) throws BullaException {
    Duration left = Duration.between(clock.instant(), deadline);
    try {
      return task.get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw undecided("not decided in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw undecided("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BullaException bulla) {
        throw bulla;
      }
      throw new IllegalStateException("a look at signatures failed", e.getCause());
    }
  }

  private static VerificationException undecided(String why) {
    return new VerificationException(Outcome.UNDECIDED, why, List.of(), null);
  }

  /** How many tasks are under way. */
  int underWay() {
    return flights.size();
  }
}
