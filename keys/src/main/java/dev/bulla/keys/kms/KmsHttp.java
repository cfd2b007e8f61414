package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * The JDK's HTTP client as providers use it that need no library for requests: no redirects, since
 * credentials go where the user said and nowhere else; answers of limited size; a limit of time for
 * each request with its answer; repeats.
 */
public final class KmsHttp implements AutoCloseable {

  private static final int MAX_ANSWER = 4 << 20;
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient http;
  private final Duration timeout;
  private final SecureRandom random = new SecureRandom();

  private KmsHttp(HttpClient http, Duration timeout) {
    this.http = http;
    this.timeout = timeout;
  }

  /**
   * A client.
   *
   * @param timeout for one request and its answer
   * @param trust which servers are believed
   * @param proxy usually {@link KmsProxies}; without one the JVM's own settings count
   */
  public static KmsHttp create(Duration timeout, KmsTrust trust, Optional<ProxySelector> proxy) {
    return create(timeout, tls(trust), proxy);
  }

  /** As the other one, also with a client's own certificate. */
  static KmsHttp create(Duration timeout, SSLContext tls, Optional<ProxySelector> proxy) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
            .sslContext(tls);
    proxy.ifPresent(builder::proxy);
    return new KmsHttp(builder.build(), timeout);
  }

  private static SSLContext tls(KmsTrust trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.managers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
  }

  /** What a server answered. */
  public record Answer(int status, HttpHeaders headers, Bytes body) {

    /** Whether it did what it was asked for. */
    public boolean isOk() {
      return status / 100 == 2;
    }

    /** Without the content, which may hold a token. */
    @Override
    public String toString() {
      return "Answer[" + status + ", " + body.size() + " bytes]";
    }
  }

  /** One request and its answer, whatever it is. */
  public Answer exchange(HttpRequest.Builder request) throws IOException {
    HttpRequest ready = request.timeout(timeout).build();
    if (http.proxy().orElse(null) instanceof KmsProxies proxies) {
      // fails where the proxy cannot be used, which the client would not say
      proxies.to(ready.uri());
    }
    CompletableFuture<HttpResponse<byte[]>> coming =
        http.sendAsync(ready, info -> new LimitedBody(MAX_ANSWER));
    try {
      HttpResponse<byte[]> response = coming.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.headers(), Bytes.owning(response.body()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new HttpTimeoutException("no answer in time");
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * As {@link #exchange}, and again, up to four times in all, where the request was throttled or
   * met a failing server or none. Only for requests that may be carried out twice.
   *
   * @param address what is asked, for the message
   * @param shown what an answer says went wrong
   * @return a success, or a refusal for the caller to explain
   */
  public Answer ask(
      HttpRequest.Builder request,
      KmsFailures failures,
      String address,
      Function<Answer, String> shown)
      throws KeyException {
    return ask(request, failures, address, shown, KmsHttp::isThrottled, ATTEMPTS);
  }

  /**
   * As the other one, for a service with its own way to say that it is asked too often.
   *
   * @param throttled whether an answer says so
   */
  public Answer ask(
      HttpRequest.Builder request,
      KmsFailures failures,
      String address,
      Function<Answer, String> shown,
      Predicate<Answer> throttled)
      throws KeyException {
    return ask(
        request,
        failures,
        address,
        shown,
        answer -> isThrottled(answer) || throttled.test(answer),
        ATTEMPTS);
  }

  /** As {@link #ask}, once, for what may not be carried out twice. */
  Answer askOnce(
      HttpRequest.Builder request,
      KmsFailures failures,
      String address,
      Function<Answer, String> shown)
      throws KeyException {
    return ask(request, failures, address, shown, KmsHttp::isThrottled, 1);
  }

  private Answer ask(
      HttpRequest.Builder request,
      KmsFailures failures,
      String address,
      Function<Answer, String> shown,
      Predicate<Answer> throttled,
      int attempts)
      throws KeyException {
    for (int attempt = 1; ; attempt++) {
      KeyException failure;
      Duration wait = FIRST_WAIT.multipliedBy(1L << (attempt - 1));
      try {
        Answer answer = exchange(request);
        boolean tooOften = throttled.test(answer);
        if (!tooOften && !isTemporary(answer.status())) {
          return answer;
        }
        wait = asAsked(answer).orElse(wait);
        failure =
            tooOften
                ? failures.throttled(null)
                : failures.unreachable(address, shown.apply(answer), null);
      } catch (IOException e) {
        failure = failures.unreachable(address, reason(e), e);
      }
      if (attempt == attempts || wait.compareTo(LONGEST_WAIT) > 0) {
        throw failure;
      }
      pause(wait, failure);
    }
  }

  private static boolean isThrottled(Answer answer) {
    return answer.status() == 429;
  }

  /** 412 is what a replica says that lags behind. */
  private static boolean isTemporary(int status) {
    return status == 408 || status == 412 || status >= 500;
  }

  /** {@code Retry-After} in both of its forms (RFC 9110 §10.2.3). */
  private static Optional<Duration> asAsked(Answer answer) {
    String text = answer.headers().firstValue("Retry-After").orElse("");
    if (text.matches("[0-9]{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(Instant.now(), when);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private void pause(Duration wait, KeyException failure) throws KeyException {
    long millis = wait.toMillis();
    try {
      Thread.sleep(millis + random.nextLong(millis / 2 + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  /** Why no answer came, in words. */
  public static String reason(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof ConnectException) {
      return "no connection";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
