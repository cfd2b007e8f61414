package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Repository;
import dev.bulla.registry.Concurrency.Outcome;
import dev.bulla.registry.ScriptedTransport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a host is asked at once, and how often again. */
class ConcurrencyTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private final Concurrency places = new Concurrency();

  private List<Long> enter(int number) throws InterruptedException {
    List<Long> entered = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      entered.add(places.enter(LONG));
    }
    return entered;
  }

  @Test
  void overloadHalvesWhatWasUnderWay() throws Exception {
    places.leave(enter(12).get(0), Outcome.OVERLOADED);

    assertThat(places.limit()).isEqualTo(6);
  }

  /** Those who were refused together say one thing, not twelve. */
  @Test
  void oneOverloadHalvesOnce() throws Exception {
    for (long entered : enter(12)) {
      places.leave(entered, Outcome.OVERLOADED);
    }
    assertThat(places.limit()).isEqualTo(6);

    places.leave(enter(6).get(0), Outcome.OVERLOADED);
    assertThat(places.limit()).isEqualTo(3);
  }

  @Test
  void oneIsAlwaysAllowed() throws Exception {
    for (int i = 0; i < 5; i++) {
      places.leave(places.enter(LONG), Outcome.OVERLOADED);
    }

    assertThat(places.limit()).isEqualTo(1);
    assertThat(places.enter(Duration.ZERO)).isNotNegative();
    assertThat(places.enter(Duration.ZERO)).isEqualTo(-1);
  }

  @Test
  void eachAnswerAllowsOneMore() throws Exception {
    List<Long> before = enter(8);
    places.leave(before.get(0), Outcome.OVERLOADED);
    for (long entered : before.subList(1, 8)) {
      places.leave(entered, Outcome.ANSWERED); // begun before: says nothing about the new limit
    }
    assertThat(places.limit()).isEqualTo(4);

    for (int i = 0; i < 3; i++) {
      places.leave(places.enter(LONG), Outcome.ANSWERED);
    }
    places.leave(places.enter(LONG), Outcome.UNKNOWN);

    assertThat(places.limit()).isEqualTo(7);
  }

  @Test
  void itNeverGrowsBeyondTheMost() throws Exception {
    for (int i = 0; i < 10; i++) {
      places.leave(places.enter(LONG), Outcome.ANSWERED);
    }

    assertThat(places.limit()).isEqualTo(Concurrency.MAX);
  }

  // ---- in a client

  private static final Repository APP = repository();

  private static Repository repository() {
    try {
      return Repository.parse("registry.example/app");
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static Reply found() {
    return Reply.of(200)
        .with("Content-Type", MediaType.OCI_MANIFEST.value())
        .saying("{\"schemaVersion\":2}");
  }

  private static RegistryClient client(ScriptedTransport transport) {
    return RegistryClient.builder(transport).pace(new TestPace()).build();
  }

  /** Eight at once are too many: then four go on and four wait for their turn. */
  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void halfOfThoseWhoWereTooManyWait(int status) throws Exception {
    int number = 8;
    CountDownLatch all = new CountDownLatch(number);
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    ScriptedTransport transport =
        new ScriptedTransport(request -> {
          try {
            if (seen.incrementAndGet() <= number) {
              all.countDown();
              all.await();
              return Reply.of(status);
            }
            inside.incrementAndGet();
            gate.await();
            return found();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    try (RegistryClient client = client(transport)) {
      List<FutureTask<Boolean>> tasks = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        FutureTask<Boolean> task =
            new FutureTask<>(() -> client.getManifest(APP, "v1").isPresent());
        tasks.add(task);
        threads.add(Thread.ofPlatform().start(task));
      }
      // at the gate they wait without a limit, for their turn until the deadline
      while (count(threads, Thread.State.WAITING) < 4
          || count(threads, Thread.State.TIMED_WAITING) < 4
          || inside.get() < 4) {
        Thread.onSpinWait();
      }
      assertThat(inside.get()).isEqualTo(4);
      gate.countDown();
      for (FutureTask<Boolean> task : tasks) {
        assertThat(task.get()).isTrue();
      }
      assertThat(transport.requests()).hasSize(2 * number);
    }
  }

  private static long count(List<Thread> threads, Thread.State state) {
    return threads.stream().filter(thread -> thread.getState() == state).count();
  }

  /** What is refused to writers takes nothing from readers: they are asked separately. */
  @Test
  void readingAndWritingAreApart() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    AtomicBoolean refused = new AtomicBoolean();
    ScriptedTransport transport =
        new ScriptedTransport(request -> {
          if (request.method().equals("GET")) {
            return found();
          }
          if (refused.compareAndSet(false, true)) {
            return Reply.of(429);
          }
          writing.countDown();
          try {
            gate.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return Reply.of(201);
        });
    try (RegistryClient client = client(transport)) {
      FutureTask<Boolean> write =
          new FutureTask<>(() -> {
            client.putBlob(APP, Bytes.utf8("x"));
            return true;
          });
      Thread.ofPlatform().start(write);
      writing.await(); // the only place for writing is taken now

      assertThat(client.getManifest(APP, "v1")).isPresent();

      gate.countDown();
      assertThat(write.get()).isTrue();
    }
  }

  // ---- how often again

  @Test
  void aHostThatAnswersNothingButFailuresIsAskedAgainSoOftenAndNoMore() throws Exception {
    AtomicBoolean well = new AtomicBoolean();
    ScriptedTransport transport =
        new ScriptedTransport(request -> well.get() ? found() : Reply.of(500));
    int calls = 100;
    try (RegistryClient client = client(transport)) {
      for (int i = 0; i < calls; i++) {
        assertThat(failure(client).kind()).isEqualTo(RegistryException.Kind.SERVER_ERROR);
      }
      assertThat(transport.requests()).hasSize(calls + RetryAllowance.MAX);

      well.set(true);
      client.getManifest(APP, "v1");
      client.getManifest(APP, "v1");
      well.set(false);
      int before = transport.requests().size();
      failure(client);
      failure(client);

      assertThat(transport.requests()).hasSize(before + 2 + 2);
    }
  }

  /** Waiting because the host asked for it is no storm. */
  @Test
  void whatTheHostAskedForCostsNothing() throws Exception {
    ScriptedTransport transport =
        new ScriptedTransport(request -> Reply.of(429).with("Retry-After", "1"));
    int calls = RetryAllowance.MAX;
    try (RegistryClient client = client(transport)) {
      for (int i = 0; i < calls; i++) {
        failure(client);
      }
      assertThat(transport.requests()).hasSize(4 * calls);
    }
  }

  private static RegistryException failure(RegistryClient client) {
    return catchThrowableOfType(RegistryException.class, () -> client.getManifest(APP, "v1"));
  }
}
