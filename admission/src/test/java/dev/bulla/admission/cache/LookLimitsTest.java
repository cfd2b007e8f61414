package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.cache.LookLimits.Answer;
import dev.bulla.admission.cache.LookLimits.Look;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LookLimitsTest {

  private static final LookLimits.Options SMALL = new LookLimits.Options(6, 3, 8, 2, 4);

  private final Wall wall = new Wall();
  private final LookLimits limits = new LookLimits(SMALL, wall);

  private Instant now() {
    return wall.instant();
  }

  private Look begin(String registry) throws Exception {
    return limits.begin(registry, now());
  }

  private void isFull(String registry, String why) {
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> begin(registry))
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED))
        .withMessage("not decided in time: registry " + registry + ": " + why);
  }

  private LookLimits.Registry registry(String name) {
    Map<String, LookLimits.Registry> all =
        limits.registries().stream()
            .collect(Collectors.toMap(LookLimits.Registry::name, Function.identity()));
    return all.get(name);
  }

  private void prove(String registry) throws Exception {
    begin(registry).end(Answer.VERIFIED);
  }

  @Test
  void aRegistryThatAnswersIsTrustedWithMoreAndOneThatDoesNotWithLess() throws Exception {
    assertThat(begin("a.test")).isNotNull();
    begin("a.test");
    isFull("a.test", "it had no time for another look");
    assertThat(limits.neverBegun()).isEqualTo(1);

    for (int i = 0; i < 20; i++) {
      begin("b.test").end(Answer.ANSWERED);
    }
    assertThat(registry("b.test").limit()).isEqualTo(4);
    begin("b.test").end(Answer.OVERLOADED);
    assertThat(registry("b.test").limit()).isEqualTo(2);
    begin("b.test").end(Answer.OPEN);
    assertThat(registry("b.test").limit()).isEqualTo(2);
    begin("b.test").end(Answer.OVERLOADED);
    begin("b.test").end(Answer.OVERLOADED);
    assertThat(registry("b.test").limit()).isEqualTo(1);
    assertThat(limits.held()).isEqualTo(1);
    begin("b.test").end(Answer.ANSWERED);
    assertThat(registry("b.test").limit()).isEqualTo(2);
  }

  @Test
  void looksOfOneRoundCountOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      begin("a.test").end(Answer.VERIFIED);
    }
    List<Look> round = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      round.add(begin("a.test"));
    }
    round.forEach(look -> look.end(Answer.OVERLOADED));
    assertThat(registry("a.test").limit()).isEqualTo(2);
  }

  @Test
  void registriesThatNobodyKnowsCannotTakeAllTheRoom() throws Exception {
    prove("ours.test");
    for (int i = 0; i < 3; i++) {
      begin("evil" + i + ".test"); // and it never answers
    }
    isFull("evil3.test", "it had no time for another look");
    begin("ours.test");
    begin("ours.test");
    assertThat(limits.runningNow()).isEqualTo(5);
  }

  @Test
  void oneThatStallsDoesNotTakeTheRoomOfOthers() throws Exception {
    prove("stalls.test");
    prove("ours.test");
    for (int i = 0; i < registry("stalls.test").limit(); i++) {
      begin("stalls.test");
    }
    isFull("stalls.test", "it had no time for another look");
    begin("ours.test").end(Answer.VERIFIED);
    assertThat(limits.waitingNow()).isZero();
  }

  @Test
  void linesAreBounded() throws Exception {
    Look one = begin("a.test");
    Look two = begin("a.test");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Look>> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waiting.add(threads.submit(() -> limits.begin("a.test", now().plusSeconds(60))));
      }
      while (limits.waitingNow() < 4) {
        Thread.onSpinWait();
      }
      isFull("a.test", "too many images of it wait to be looked at");
      one.end(Answer.ANSWERED);
      two.end(Answer.ANSWERED);
      for (Future<Look> next : waiting) {
        // the limit has grown meanwhile, or somebody before has ended
        next.get().end(Answer.ANSWERED);
      }
    }
    assertThat(limits.runningNow()).isZero();
    assertThat(limits.waitingNow()).isZero();
  }

  @Test
  void manyAtOnceStayWithinTheBoundsAndAllGetTheirTurn() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    LookLimits wide = new LookLimits(new LookLimits.Options(5, 4, 10_000, 2, 4), wall);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        String name = "r" + i % 7 + ".test";
        Answer answer = Answer.values()[i % Answer.values().length];
        all.add(
            threads.submit(() -> {
              Look look = wide.begin(name, now().plusSeconds(100));
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.onSpinWait();
              running.decrementAndGet();
              look.end(answer);
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(most.get()).isBetween(1, 5);
    assertThat(wide.runningNow()).isZero();
    assertThat(wide.neverBegun()).isZero();
  }

  @Test
  void registriesAreForgottenWhenThereAreTooMany() throws Exception {
    for (int i = 0; i < LookLimits.Options.REGISTRIES + 50; i++) {
      begin("r" + i + ".test").end(Answer.ANSWERED);
    }
    assertThat(limits.registries()).hasSize(LookLimits.Options.REGISTRIES);
  }

  @Test
  void namesAloneDoNotPushOutARegistryThatIsInUse() throws Exception {
    prove("ours.test");
    for (int i = 0; i < LookLimits.Options.REGISTRIES + 50; i++) {
      begin("evil" + i + ".test").end(Answer.ANSWERED);
    }
    assertThat(registry("ours.test").proven()).isTrue();
    assertThat(limits.registries()).hasSize(LookLimits.Options.REGISTRIES);
  }

  @Test
  void registriesThatNobodyKnowsCannotTakeAllTheLines() throws Exception {
    prove("ours.test");
    List<Look> looks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      looks.add(begin("evil" + i + ".test"));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Look>> waiting = new ArrayList<>();
      for (int i = 3; i < 7; i++) {
        waiting.add(lining(threads, "evil" + i + ".test"));
      }
      isFull("evil7.test", "too many images of registries that nobody knows wait to be looked at");
      looks.add(begin("ours.test"));
      looks.add(begin("ours.test"));
      waiting.add(lining(threads, "ours.test"));

      looks.forEach(look -> look.end(Answer.ANSWERED));
      for (Future<Look> next : waiting) {
        next.get().end(Answer.ANSWERED);
      }
    }
    assertThat(limits.waitingNow()).isZero();
  }

  /** One more in the line of a registry. */
  private Future<Look> lining(ExecutorService threads, String registry) {
    int before = limits.waitingNow();
    Future<Look> look = threads.submit(() -> limits.begin(registry, now().plusSeconds(60)));
    while (limits.waitingNow() == before) {
      Thread.onSpinWait();
    }
    return look;
  }

  @Test
  void whoComesNowDoesNotOvertakeWhoWaits() throws Exception {
    for (String name : List.of("a.test", "b.test", "c.test")) {
      prove(name);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Look> looks = new ArrayList<>();
      for (String name : List.of("a.test", "a.test", "b.test", "b.test", "c.test", "c.test")) {
        looks.add(begin(name));
      }
      Future<Look> waits = lining(threads, "d.test");
      looks.get(0).end(Answer.OPEN);
      isFull("a.test", "it had no time for another look");
      isFull("e.test", "it had no time for another look");
      waits.get().end(Answer.OPEN);
      begin("e.test").end(Answer.OPEN);
    }
  }
}
