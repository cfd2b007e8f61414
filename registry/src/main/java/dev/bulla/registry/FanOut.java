package dev.bulla.registry;

import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Does the same to many things at once, a limited number at a time. Made by {@link
 * RegistryClient#atOnce}, for threads that suit the transport. Results come in the order of the
 * inputs. The first failure ends the rest and is thrown; interrupting the caller ends everything.
 */
public final class FanOut {

  /** What is done to one thing. */
  @FunctionalInterface
  public interface Task<A, B> {
    B apply(A input) throws BullaException;
  }

  private final int limit;
  private final Thread.Builder threads;

  private FanOut(int limit, Thread.Builder threads) {
    this.limit = limit;
    this.threads = threads;
  }

  /**
   * A limited number at a time.
   *
   * @param limit how many at a time, at least 1
   */
  static FanOut limit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("at least one at a time: " + limit);
    }
    return new FanOut(limit, Thread.ofVirtual());
  }

  /** The same on threads of another kind. */
  FanOut on(Thread.Builder builder) {
    return new FanOut(limit, builder);
  }

  /**
   * The results of the task for every input.
   *
   * @throws BullaException the failure of the earliest input that failed; if interrupted, a {@link
   *     RegistryException} that says so
   */
  public <A, B> List<B> map(List<? extends A> inputs, Task<? super A, ? extends B> task)
      throws BullaException {
    if (inputs.size() == 1) {
      List<B> one = new ArrayList<>(1);
      one.add(task.apply(inputs.get(0)));
      return one;
    }
    AtomicBoolean failed = new AtomicBoolean();
    List<FutureTask<B>> jobs = new ArrayList<>(inputs.size());
    for (A input : inputs) {
      jobs.add(
          new FutureTask<>(() -> {
            boolean done = false;
            try {
              B result = task.apply(input);
              done = true;
              return result;
            } finally {
              if (!done) {
                failed.set(true);
              }
            }
          }));
    }
    run(jobs, failed);
    return results(jobs);
  }

  private <B> void run(List<FutureTask<B>> jobs, AtomicBoolean failed) throws RegistryException {
    int workers = Math.min(limit, jobs.size());
    AtomicInteger next = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(workers);
    List<Thread> started = new ArrayList<>(workers);
    for (int i = 0; i < workers; i++) {
      started.add(
          threads
              .name("bulla-fan-out-", i)
              .unstarted(() -> work(jobs, next, failed, started, running)));
    }
    for (Thread thread : started) {
      thread.start();
    }
    try {
      running.await();
    } catch (InterruptedException e) {
      interruptAll(started);
      Thread.currentThread().interrupt();
      throw new RegistryException(Kind.UNREACHABLE, "interrupted", e);
    }
  }

  private static <B> void work(
      List<FutureTask<B>> jobs,
      AtomicInteger next,
      AtomicBoolean failed,
      List<Thread> threads,
      CountDownLatch running) {
    try {
      for (int i = next.getAndIncrement();
          i < jobs.size() && !failed.get();
          i = next.getAndIncrement()) {
        jobs.get(i).run();
      }
      if (failed.get()) {
        interruptAll(threads);
      }
    } finally {
      running.countDown();
    }
  }

  private static void interruptAll(List<Thread> threads) {
    for (Thread thread : threads) {
      thread.interrupt();
    }
  }

  private static <B> List<B> results(List<FutureTask<B>> jobs) throws BullaException {
    List<B> results = new ArrayList<>(jobs.size());
    Throwable failure = null;
    for (FutureTask<B> job : jobs) {
      try {
        if (job.isDone()) {
          results.add(job.get());
        }
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        failure = worse(failure, cause == null ? e : cause);
      } catch (InterruptedException e) {
        throw new BullaBug("a finished job does not wait", e);
      }
    }
    if (failure instanceof BullaException bulla) {
      throw bulla;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return results;
  }

  /**
   * The first failure in the order of the inputs, but not one that only tells of having been ended
   * by another.
   */
  private static Throwable worse(@Nullable Throwable first, Throwable second) {
    return first == null || isInterruption(first) ? second : first;
  }

  private static boolean isInterruption(Throwable failure) {
    return failure instanceof RegistryException registry
        && registry.getCause() instanceof InterruptedException;
  }
}
