package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.TransportException.Kind;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HostNamesTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void answerAll() {
    end.countDown();
  }

  /** Names with "silent" in them have a server that does not answer before the end of the test. */
  private InetAddress[] resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (host.contains("silent")) {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    if (host.contains("unknown")) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private HostNames names(int threads, int waiting) {
    return new HostNames(this::resolve, threads, waiting);
  }

  private static void fails(HostNames names, String host, Duration within, Kind kind, String why) {
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> names.find(host, within))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
        .withMessage(why);
  }

  @Test
  void whatIsNotFoundInTimeIsGivenUp() throws Exception {
    HostNames names = names(2, 1);
    assertThat(names.find("good.test", LONG)).containsExactly(InetAddress.getLoopbackAddress());
    fails(
        names,
        "silent.test",
        Duration.ZERO,
        Kind.CONNECT_TIMEOUT,
        "the name silent.test was not found in time");
    fails(names, "unknown.test", LONG, Kind.NO_CONNECTION, "no such host: unknown.test");
  }

  @Test
  void lookUpsThatNeverEndAreBounded() {
    HostNames names = names(2, 3);
    for (int i = 0; i < 5; i++) {
      String host = "silent" + i + ".test";
      fails(
          names,
          host,
          Duration.ZERO,
          Kind.CONNECT_TIMEOUT,
          "the name " + host + " was not found in time");
    }
    for (int i = 5; i < 50; i++) {
      String host = "silent" + i + ".test";
      fails(
          names,
          host,
          LONG,
          Kind.CONNECT_TIMEOUT,
          "too many names are being looked up: " + host + " was not");
    }
    assertThat(names.threads()).isEqualTo(2);
  }

  @Test
  void namesThatWereFoundBeforeDoNotWaitForOthers() throws Exception {
    HostNames names = names(1, 4);
    names.find("good.test", LONG);
    for (String silent : new String[] {"silent1.test", "silent2.test"}) {
      fails(
          names,
          silent,
          Duration.ZERO,
          Kind.CONNECT_TIMEOUT,
          "the name " + silent + " was not found in time");
    }
    assertThat(names.find("good.test", LONG)).isNotEmpty();
  }

  /** What only waited for a thread says nothing about its name. */
  @Test
  void whoWasNotAskedIsToldApart() throws Exception {
    HostNames names = names(1, 1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<InetAddress[]> silent = threads.submit(() -> names.find("silent.test", LONG));
      while (asked.get() == 0) {
        Thread.onSpinWait();
      }
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> names.find("silent.test", Duration.ZERO))
          .withCauseInstanceOf(TimeoutException.class);
      for (String waiting : new String[] {"good.test", "better.test"}) {
        assertThatExceptionOfType(TransportException.class)
            .isThrownBy(() -> names.find(waiting, Duration.ZERO))
            .withCauseInstanceOf(RejectedExecutionException.class);
      }
      end.countDown();
      assertThat(silent.get()).isNotEmpty();
    }
  }

  @Test
  void aNameIsLookedUpOnceForAllWhoWait() throws Exception {
    HostNames names = names(1, 1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      fails(
          names,
          "silent.test",
          Duration.ZERO,
          Kind.CONNECT_TIMEOUT,
          "the name silent.test was not found in time");
      Future<InetAddress[]> one = threads.submit(() -> names.find("silent.test", LONG));
      Future<InetAddress[]> other = threads.submit(() -> names.find("silent.test", LONG));
      fails(
          names,
          "silent.test",
          Duration.ZERO,
          Kind.CONNECT_TIMEOUT,
          "the name silent.test was not found in time");
      assertThat(asked.get()).isLessThanOrEqualTo(1);
      end.countDown();
      assertThat(one.get()).isNotEmpty();
      assertThat(other.get()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "64:ff9b::192.0.2.1", "::ffff:192.0.2.1"})
  void addressesAreNotLookedUp(String address) throws Exception {
    assertThat(names(1, 1).find(address, LONG)).containsExactly(InetAddress.getByName(address));
    assertThat(asked).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"999.999.999.999", "0x7f.1", "127.1", "1", "010.0.0.1", "1::2::3", "::1%lo"})
  void whatIsNeitherNameNorAddressIsNotLookedUp(String host) {
    fails(names(1, 1), host, LONG, Kind.NO_CONNECTION, "no such host: " + host);
    assertThat(NetworkAddresses.literal(host)).isEmpty();
    assertThat(asked).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test", "beef", "1.example", "localhost"})
  void namesAreLookedUp(String name) throws Exception {
    assertThat(names(1, 1).find(name, LONG)).isNotEmpty();
    assertThat(NetworkAddresses.literal(name)).isEmpty();
    assertThat(asked).hasValue(1);
  }

  private static int status(SocketTransport transport, String url, Duration within)
      throws Exception {
    return transport.exchange(
        new TransportRequest("GET", HttpUrl.parse(url), Headers.NONE, RequestBody.NONE, within),
        response -> {
          LimitedInput.readAll(response.body(), 1000, "body");
          return response.status();
        });
  }

  @Test
  void aRequestEndsThoughTheNameServerDoesNotAnswer() {
    try (SocketTransport transport = SocketTransport.create(TlsOptions.DEFAULT, names(1, 1))) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> status(transport, "http://silent.test/v2/", Duration.ofMillis(50)))
          .satisfies(e -> assertThat(e.nothingSent()).isTrue())
          .withMessage("the name silent.test was not found in time");
    }
  }

  @Test
  void connectionsThatWaitAreBoundedOverAllServers() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        SocketTransport transport = SocketTransport.create(TlsOptions.DEFAULT, names(1, 1))) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < SocketTransport.MAX_IDLE_IN_ALL + 6; i++) {
          String url = "http://host" + i + ".test:" + registry.uri().getPort() + "/v2/";
          assertThat(status(transport, url, LONG)).isEqualTo(200);
        }
      }
      assertThat(transport.idleInAll()).isEqualTo(SocketTransport.MAX_IDLE_IN_ALL);
    }
  }
}
