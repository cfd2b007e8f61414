package dev.bulla.keys.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is repeated and how often, against the JDK's server: the testkit is built upon this. */
class KmsHttpTest {

  private static final KmsFailures FAILURES = new KmsFailures("Some KMS", "k");

  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;

  /** Answered until so many requests have come; then 200. */
  private volatile int refusals;

  private volatile int status;
  private volatile String retryAfter = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean refused = requests.incrementAndGet() <= refusals;
          if (refused && !retryAfter.isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", retryAfter);
          }
          exchange.sendResponseHeaders(refused ? status : 200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static KmsContext context(Map<String, String> variables) {
    return KmsContext.of(variables, Path.of("/"), Duration.ofSeconds(30));
  }

  private KmsHttp.Answer ask(Map<String, String> variables, URI address) throws KeyException {
    KmsContext context = context(variables);
    try (KmsHttp http =
        KmsHttp.create(
            context.timeout(),
            KmsTrust.of(context, Optional.empty(), Optional.empty()),
            Optional.of(KmsProxies.of(context)))) {
      return http.ask(
          HttpRequest.newBuilder(address).GET(),
          FAILURES,
          address.getHost(),
          answer -> "HTTP " + answer.status());
    }
  }

  private KmsHttp.Answer ask() throws KeyException {
    return ask(Map.of(), URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/path"));
  }

  private void refuse(int times, int with, String after) {
    refusals = times;
    status = with;
    retryAfter = after;
  }

  private Problem failure() {
    return assertThatExceptionOfType(KeyException.class).isThrownBy(this::ask).actual().problem();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 412, 429, 500, 503})
  void whatPassesIsAskedAgain(int passing) throws Exception {
    refuse(2, passing, "0");

    assertThat(ask().isOk()).isTrue();
    assertThat(requests).hasValue(3);
  }

  @Test
  void fourTimesAndNoMore() {
    refuse(99, 429, "0");
    assertThat(failure()).isEqualTo(Problem.THROTTLED);
    assertThat(requests).hasValue(4);

    refuse(99, 503, "0");
    assertThat(failure()).isEqualTo(Problem.UNREACHABLE);
    assertThat(requests).hasValue(8);
  }

  /** Nobody waits for minutes, and nobody asks sooner than they were told to. */
  @ParameterizedTest
  @ValueSource(strings = {"3600", "999999999"})
  void whoShallWaitLongIsToldAtOnce(String seconds) {
    refuse(99, 429, seconds);

    assertThat(failure()).isEqualTo(Problem.THROTTLED);
    assertThat(requests).hasValue(1);
  }

  @Test
  void theTimeMayBeADate() throws Exception {
    refuse(1, 503, "Sun, 06 Nov 1994 08:49:37 GMT");
    assertThat(ask().isOk()).isTrue();
    assertThat(requests).hasValue(2);

    refuse(
        99,
        503,
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(3600).atOffset(ZoneOffset.UTC)));
    failure();
    assertThat(requests).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1", "9999999999", "1e3"})
  void whatIsNoTimeIsPassedOver(String text) throws Exception {
    refuse(1, 429, text);

    assertThat(ask().isOk()).isTrue();
    assertThat(requests).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 403, 404, 409})
  void refusalsAndRedirectsAreForTheCaller(int refusal) throws Exception {
    refuse(99, refusal, "");

    assertThat(ask().status()).isEqualTo(refusal);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aProxyThatCannotBeUsedIsNamedWithoutItsPassword() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() ->
            ask(
                Map.of("HTTPS_PROXY", "http://ci:hunter2@p:3128"),
                URI.create("https://kms.example/")))
        .matches(e -> e.problem() == Problem.UNREACHABLE)
        .matches(e -> e.message().contains("$HTTPS_PROXY"))
        .matches(e -> !e.toString().contains("hunter2"));
  }
}
