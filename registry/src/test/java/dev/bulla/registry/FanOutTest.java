package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FanOutTest {

  private static List<Integer> upTo(int n) {
    return IntStream.range(0, n).boxed().toList();
  }

  /** Waits as a request would, and tells of interruption as the client does. */
  private static void hang() throws RegistryException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new RegistryException(Kind.UNREACHABLE, "interrupted", e);
    }
  }

  @Test
  void resultsComeInTheOrderOfTheInputs() throws Exception {
    assertThat(FanOut.limit(7).map(upTo(1000), i -> i * i))
        .isEqualTo(upTo(1000).stream().map(i -> i * i).toList());
    assertThat(FanOut.limit(7).map(List.of(), i -> i)).isEmpty();
    assertThat(FanOut.limit(1).map(upTo(3), i -> i)).containsExactly(0, 1, 2);
  }

  @Test
  void runsAsManyAtOnceAsAllowedAndNotMore() throws Exception {
    CyclicBarrier all = new CyclicBarrier(4);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    FanOut.limit(4)
        .map(
            upTo(40),
            i -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              try {
                all.await(20, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new AssertionError("not four at a time", e);
              }
              running.decrementAndGet();
              return i;
            });
    assertThat(most).hasValue(4);
  }

  @Test
  void aFailureEndsTheRestAndIsTheOneThatIsThrown() {
    AtomicInteger started = new AtomicInteger();
    MalformedInputException failure =
        catchThrowableOfType(
            MalformedInputException.class,
            () ->
                FanOut.limit(3)
                    .map(
                        upTo(1000),
                        i -> {
                          started.incrementAndGet();
                          if (i == 2) {
                            throw new MalformedInputException("input 2", "bad");
                          }
                          hang();
                          return i;
                        }));
    assertThat(failure).hasMessage("input 2: bad");
    assertThat(started.get()).isLessThan(10);
  }

  @Test
  void bugsComeThrough() {
    assertThatThrownBy(() ->
            FanOut.limit(2)
                .map(
                    upTo(2),
                    i -> {
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() ->
            FanOut.limit(2)
                .map(
                    upTo(2),
                    i -> {
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);
  }

  @Test
  void interruptionEndsEverything() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch ended = new CountDownLatch(2);
    FutureTask<Boolean> outcome =
        new FutureTask<>(() -> {
          RegistryException interrupted =
              catchThrowableOfType(
                  RegistryException.class,
                  () ->
                      FanOut.limit(2)
                          .map(
                              upTo(2),
                              i -> {
                                running.countDown();
                                try {
                                  hang();
                                } finally {
                                  ended.countDown();
                                }
                                return i;
                              }));
          return interrupted.message().equals("interrupted")
              && Thread.currentThread().isInterrupted();
        });
    Thread thread = new Thread(outcome);
    thread.start();
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThat(outcome.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void takesNoLimitBelowOne() {
    assertThatThrownBy(() -> FanOut.limit(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
