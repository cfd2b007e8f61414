package dev.bulla.admission.verify;

import dev.bulla.error.BullaException;
import dev.bulla.error.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A value that is fetched from somewhere and kept: who needs it gets what was fetched last, while
 * it is renewed beside. Only where nothing usable was ever fetched does somebody wait. What cannot
 * be renewed is used until it is too old, and not a moment longer.
 *
 * @param <T> what is kept
 */
final class Renewed<T> {

  /** Gets the value from where it is. */
  @FunctionalInterface
  interface Fetch<T> {
    T get() throws BullaException;
  }

  /** After a failure nobody asks again for this long. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final String what;
  private final Fetch<T> fetch;
  private final Duration renewAfter;
  private final Duration usableFor;
  private final InstantSource clock;
  private final Semaphore fetches;

  private @Nullable T value;
  private Instant fetchedAt = Instant.EPOCH;
  private @Nullable BullaException failure;
  private Instant failedAt = Instant.EPOCH;
  private @Nullable FutureTask<T> running;

  /**
   * @param what is fetched, for messages
   * @param renewAfter the age at which a newer one is fetched
   * @param usableFor the age at which it is not used any more
   * @param fetches how many values are fetched at once, with all others that have the same
   */
  Renewed(
      String what,
      Fetch<T> fetch,
      Duration renewAfter,
      Duration usableFor,
      InstantSource clock,
      Semaphore fetches) {
    this.what = what;
    this.fetch = fetch;
    this.renewAfter = renewAfter;
    this.usableFor = usableFor;
    this.clock = clock;
    this.fetches = fetches;
  }

  /**
   * The value.
   *
   * @param deadline until when a first one is waited for
   * @throws BullaException why there is none
   */
  T get(Instant deadline) throws BullaException {
    Instant now = clock.instant();
    FutureTask<T> first;
    synchronized (this) {
      if (value != null && isYounger(fetchedAt, usableFor, now)) {
        renewIfDue(now);
        return value;
      }
      if (failure != null && isYounger(failedAt, PAUSE, now)) {
        throw failure;
      }
      first = start();
    }
    return waited(first, Duration.between(now, deadline));
  }

  private T waited(FutureTask<T> task, Duration most) throws BullaException {
    try {
      return task.get(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ServiceException(
          ServiceException.Kind.TIMEOUT, what + " could not be fetched in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(
          ServiceException.Kind.UNREACHABLE, "interrupted while waiting for " + what, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BullaException bulla) {
        throw bulla;
      }
      throw new IllegalStateException(what + " could not be fetched", e.getCause());
    }
  }

  /** Fetches a newer value beside, if this one is old enough or there is none. */
  void renewIfDue() {
    synchronized (this) {
      renewIfDue(clock.instant());
    }
  }

  private void renewIfDue(Instant now) {
    boolean fresh = value != null && isYounger(fetchedAt, renewAfter, now);
    boolean tried = failure != null && isYounger(failedAt, PAUSE, now);
    if (!fresh && !tried) {
      running = start();
    }
  }

  /** The fetch that is under way, or a new one; the lock is held. */
  private FutureTask<T> start() {
    FutureTask<T> already = running;
    if (already != null) {
      return already;
    }
    FutureTask<T> task = new FutureTask<>(this::fetched);
    running = task;
    Thread.ofVirtual().name("bulla-renew").start(task);
    return task;
  }

  private T fetched() throws BullaException {
    T fetched = null;
    BullaException failed = null;
    fetches.acquireUninterruptibly();
    try {
      fetched = fetch.get();
      return fetched;
    } catch (BullaException e) {
      failed = e;
      throw e;
    } finally {
      fetches.release();
      synchronized (this) {
        running = null;
        if (fetched != null) {
          value = fetched;
          fetchedAt = clock.instant();
          failure = null;
        } else {
          failure = failed;
          failedAt = clock.instant();
        }
      }
    }
  }

  /** Waits for what is under way; for tests. */
  void settle() throws InterruptedException {
    FutureTask<T> task;
    synchronized (this) {
      task = running;
    }
    if (task == null) {
      return;
    }
    try {
      task.get();
    } catch (ExecutionException e) {
      return; // whoever needs the value will be told
    }
  }

  /** When the value that is in use was fetched; empty when there is none. */
  synchronized Optional<Instant> fetchedAt() {
    return value == null ? Optional.empty() : Optional.of(fetchedAt);
  }

  /** Whether who asks now gets a value at once. */
  synchronized boolean isReady() {
    return value != null && isYounger(fetchedAt, usableFor, clock.instant());
  }

  private static boolean isYounger(Instant then, Duration age, Instant now) {
    return Duration.between(then, now).compareTo(age) < 0;
  }
}
