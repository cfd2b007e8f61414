package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RenewedTest {

  private static final Duration SOON = Duration.ofMinutes(5);
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T03:00:00Z"));
  private final LinkedBlockingQueue<Object> answers = new LinkedBlockingQueue<>();
  private final Renewed<String> renewed =
      new Renewed<>("the key", this::answer, SOON, LONG, now::get, new Semaphore(1));

  private String answer() throws ConfigurationException {
    try {
      Object answer = answers.poll(60, TimeUnit.SECONDS);
      if (answer instanceof String text) {
        return text;
      }
      throw new ConfigurationException("not there");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String get() throws Exception {
    return renewed.get(now.get().plusSeconds(60));
  }

  private void pass(Duration time) {
    now.updateAndGet(then -> then.plus(time));
  }

  @Test
  void theFirstIsWaitedForAndKept() throws Exception {
    assertThat(renewed.isReady()).isFalse();
    answers.add("first");
    assertThat(get()).isEqualTo("first");
    assertThat(get()).isEqualTo("first");
    assertThat(renewed.isReady()).isTrue();
    assertThat(renewed.fetchedAt()).contains(now.get());
  }

  @Test
  void nobodyWaitsForANewerOne() throws Exception {
    answers.add("first");
    get();
    pass(SOON);
    assertThat(get()).isEqualTo("first"); // and the next one is under way, for want of an answer
    answers.add("second");
    renewed.settle();
    assertThat(get()).isEqualTo("second");
  }

  @Test
  void whatCannotBeRenewedIsUsedUntilItIsTooOld() throws Exception {
    answers.add("first");
    get();
    pass(SOON);
    answers.add(new Object());
    renewed.renewIfDue();
    renewed.settle();
    assertThat(get()).isEqualTo("first");
    pass(LONG.minus(SOON).minusSeconds(1));
    assertThat(get()).isEqualTo("first");
    answers.add(new Object());
    answers.add(new Object());
    pass(Duration.ofSeconds(1));
    assertThatThrownBy(this::get).isInstanceOf(ConfigurationException.class);
    assertThat(renewed.isReady()).isFalse();
  }

  @Test
  void afterAFailureNobodyIsAskedForAMoment() throws Exception {
    answers.add(new Object());
    assertThatThrownBy(this::get).hasMessage("not there");
    answers.add("better");
    assertThatThrownBy(this::get).hasMessage("not there");
    pass(Duration.ofSeconds(5));
    assertThat(get()).isEqualTo("better");
  }

  @Test
  void nobodyWaitsPastADeadline() {
    assertThatThrownBy(() -> renewed.get(now.get()))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.kind()).isEqualTo(ServiceException.Kind.TIMEOUT));
    answers.add("late");
  }

  @Test
  void noMoreIsFetchedAtOnceThanIsAllowed() throws Exception {
    Semaphore two = new Semaphore(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    LinkedBlockingQueue<String> tickets = new LinkedBlockingQueue<>();
    List<Renewed<String>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Renewed.Fetch<String> fetch =
          () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
              return Objects.requireNonNull(tickets.poll(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            } finally {
              running.decrementAndGet();
            }
          };
      all.add(new Renewed<>("key " + i, fetch, SOON, LONG, now::get, two));
    }
    all.forEach(Renewed::renewIfDue);
    for (int i = 0; i < 10; i++) {
      tickets.add("ticket");
    }
    for (Renewed<String> one : all) {
      assertThat(one.get(now.get().plusSeconds(60))).isEqualTo("ticket");
    }
    assertThat(most).hasValueLessThanOrEqualTo(2);
  }
}
