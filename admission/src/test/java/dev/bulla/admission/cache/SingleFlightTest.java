package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SingleFlightTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicInteger started = new AtomicInteger();
  private final CountDownLatch under = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Instant now = NOW;
  private final SingleFlight<String> flights = new SingleFlight<>(() -> now);
  private FutureTask<String> first;

  private String slow(Instant deadline) throws BullaException {
    started.incrementAndGet();
    under.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new VerificationException(Outcome.UNDECIDED, "too slow", List.of(), null);
  }

  /** One is under way that has a minute. */
  @BeforeEach
  void start() throws Exception {
    first = new FutureTask<>(() -> flights.get("key", NOW.plusSeconds(60), this::slow).value());
    Thread.ofVirtual().start(first);
    under.await();
  }

  @AfterEach
  void stop() {
    end.countDown();
  }

  @Test
  void whoIsInterruptedWhileWaitingAsksNoMore() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> flights.get("key", NOW.plusSeconds(120), this::slow))
        .isInstanceOf(VerificationException.class)
        .hasMessage("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(started).hasValue(1);
  }

  @Test
  void whoseTimeIsOverWhileWaitingAsksNoMore() {
    now = NOW.plusSeconds(180);

    assertThatThrownBy(() -> flights.get("key", NOW.plusSeconds(120), this::slow))
        .isInstanceOf(VerificationException.class)
        .hasMessage("not decided in time");
    assertThat(started).hasValue(1);
  }

  @Test
  void whoHasMoreTimeThanTheOneThatEndedAsksOnceMore() throws Exception {
    FutureTask<String> waiting =
        new FutureTask<>(() ->
            flights
                .get(
                    "key",
                    NOW.plusSeconds(120),
                    deadline -> {
                      started.incrementAndGet();
                      return "seen";
                    })
                .value());
    Thread.ofVirtual().start(waiting);
    end.countDown();

    // whether it waited for the first or came after it
    assertThat(waiting.get()).isEqualTo("seen");
    assertThat(started).hasValue(2);
  }
}
