package dev.bulla.admission.live;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Looks at files again and again, on a thread of its own. */
public final class Watching implements AutoCloseable {

  private final CountDownLatch end = new CountDownLatch(1);

  private Watching() {}

  /** Looks from now on, until closed. */
  public static Watching start(List<Watched<?>> watched, Duration every) {
    Watching watching = new Watching();
    List<Watched<?>> all = List.copyOf(watched);
    Thread.ofPlatform()
        .daemon()
        .name("bulla-watching")
        .start(() -> watching.run(all, every.toNanos()));
    return watching;
  }

  private void run(List<Watched<?>> all, long nanos) {
    try {
      while (!end.await(nanos, TimeUnit.NANOSECONDS)) {
        for (Watched<?> watched : all) {
          // as a task, so that whatever goes wrong with one is not the end of the others
          new FutureTask<>(watched::look, true).run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end.countDown();
  }
}
