package dev.bulla.sigstore.http;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks services. Every call has one deadline for everything, up to four attempts where the service
 * is busy, failing or gone, and at most ten seconds of waiting between them, unless the service
 * names a time that fits the deadline. Redirects are not followed; secrets go over TLS or to this
 * machine only. Safe for use by many threads at once.
 */
public final class ServiceCaller {

  /** The body of an error that is looked at, in bytes. */
  private static final int MAX_PROBLEM = 64 << 10;

  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final int FACTOR = 3;
  private static final Duration MAX_WAITING = Duration.ofSeconds(10);
  private static final int MAX_RETRY_AFTER_DIGITS = 6;

  private final ServiceTransport transport;
  private final Duration timeout;
  private final Pace pace;

  ServiceCaller(ServiceTransport transport, Duration timeout, Pace pace) {
    this.transport = transport;
    this.timeout = timeout;
    this.pace = pace;
  }

  /**
   * A caller over a transport.
   *
   * @param timeout for one call with all its attempts
   */
  public static ServiceCaller of(ServiceTransport transport, Duration timeout) {
    return new ServiceCaller(transport, timeout, Pace.system());
  }

  /**
   * Asks, and takes yes for an answer only.
   *
   * @return an answer with a status of 2xx
   * @throws ServiceException when the service could not be asked, failed, or says no
   * @throws BullaException when settings of the connection are of no use
   */
  public ServiceAnswer call(ServiceRequest request) throws BullaException {
    ServiceAnswer answer = ask(request);
    if (!answer.isOk()) {
      throw refused(request, answer);
    }
    return answer;
  }

  /**
   * Asks, and leaves to the caller what a no means.
   *
   * @return an answer with a status of 2xx, or of 4xx other than 408 and 429
   * @throws ServiceException when the service could not be asked, or failed
   * @throws BullaException when settings of the connection are of no use
   */
  public ServiceAnswer ask(ServiceRequest request) throws BullaException {
    if (request.hasSecrets() && !request.url().isConfidential()) {
      throw new ServiceException(
          Kind.UNSAFE,
          request + ": secrets are not sent over plain HTTP",
          0,
          "name the service by an https URL",
          null);
    }
    long deadline = pace.nanoTime() + timeout.toNanos();
    Duration waited = Duration.ZERO;
    for (int attempt = 1; ; attempt++) {
      ServiceException failure;
      boolean again = request.isRepeatable();
      Optional<Duration> asked = Optional.empty();
      try {
        ServiceAnswer answer = transport.exchange(request, remaining(request, deadline));
        if (!isTemporary(answer.status())) {
          return checked(request, answer);
        }
        asked = retryAfter(answer);
        failure = temporary(request, answer);
        // too many requests: then this one was not carried out
        again |= answer.status() == 429;
      } catch (NoAnswerException e) {
        failure = new ServiceException(e.kind(), request + ": " + e.message(), e);
        // a certificate that is not believed will not be the next time either
        again = (again || e.nothingSent()) && e.kind() != Kind.TLS;
      } catch (MalformedInputException e) {
        throw new ServiceException(Kind.BAD_ANSWER, request + ": answer: " + e.message(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ServiceException(Kind.UNREACHABLE, request + ": interrupted", e);
      }
      Duration wait = asked.orElseGet(backOff(attempt));
      boolean patient = asked.isPresent() || waited.plus(wait).compareTo(MAX_WAITING) <= 0;
      if (!again || attempt == ATTEMPTS || !patient || !fits(wait, deadline)) {
        throw failure;
      }
      waited = asked.isPresent() ? waited : waited.plus(wait);
      try {
        pace.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure;
      }
    }
  }

  /**
   * The failure for an answer that says no, with what the service gives as its reason.
   *
   * @param request what was asked
   */
  public static ServiceException refused(ServiceRequest request, ServiceAnswer answer) {
    return new ServiceException(
        Kind.REFUSED, request + ": " + said(request, answer), answer.status(), null, null);
  }

  /** The failure for an answer that cannot be read, or that answers another question. */
  public static ServiceException badAnswer(
      ServiceRequest request, String problem, @Nullable Throwable cause) {
    return new ServiceException(
        Kind.BAD_ANSWER, request + ": unusable answer: " + problem, 0, null, cause);
  }

  /** The body as one JSON object, in which each member comes once. */
  public static JsonObject json(ServiceRequest request, ServiceAnswer answer)
      throws ServiceException {
    try {
      return JsonParser.parseObject(answer.body(), "answer");
    } catch (MalformedInputException e) {
      String type = answer.header("Content-Type").orElse("");
      throw badAnswer(
          request,
          type.isEmpty()
              ? e.message()
              : e.message() + " (it calls itself " + Quoted.text(type) + ")",
          e);
    }
  }

  private static ServiceAnswer checked(ServiceRequest request, ServiceAnswer answer)
      throws ServiceException {
    int kind = answer.status() / 100;
    if (kind == 2 || kind == 4) {
      return answer;
    }
    if (kind == 3) {
      throw new ServiceException(
          Kind.UNSAFE,
          request + ": HTTP " + answer.status() + ", which leads elsewhere",
          answer.status(),
          "redirects are not followed; name the place that they lead to",
          null);
    }
    throw badAnswer(request, "HTTP " + answer.status(), null);
  }

  private static ServiceException temporary(ServiceRequest request, ServiceAnswer answer) {
    return new ServiceException(
        answer.status() == 429 ? Kind.THROTTLED : Kind.FAILED,
        request + ": " + said(request, answer),
        answer.status(),
        "try again later",
        null);
  }

  private static boolean isTemporary(int status) {
    return status == 408 || status == 429 || status / 100 == 5;
  }

  private Duration remaining(ServiceRequest request, long deadline) throws ServiceException {
    long left = deadline - pace.nanoTime();
    if (left <= 0) {
      throw new ServiceException(Kind.TIMEOUT, request + ": no answer in time");
    }
    return Duration.ofNanos(left);
  }

  private boolean fits(Duration wait, long deadline) {
    return wait.compareTo(Duration.ofNanos(Math.max(0, deadline - pace.nanoTime()))) < 0;
  }

  /** Anything up to twice the wait, so that those who failed together do not return together. */
  private Supplier<Duration> backOff(int attempt) {
    return () -> {
      long nanos = FIRST_WAIT.toNanos();
      for (int i = 1; i < attempt; i++) {
        nanos *= FACTOR;
      }
      return Duration.ofNanos((long) (2 * nanos * pace.chance()));
    };
  }

  /** {@code Retry-After} in both of its forms (RFC 9110 §10.2.3). */
  private Optional<Duration> retryAfter(ServiceAnswer answer) {
    String text = answer.header("Retry-After").orElse("");
    if (text.matches("[0-9]+")) {
      return Optional.of(
          text.length() > MAX_RETRY_AFTER_DIGITS
              ? Duration.ofDays(365)
              : Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(pace.now(), when);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String said(ServiceRequest request, ServiceAnswer answer) {
    String status = "HTTP " + answer.status();
    String reason = request.withoutSecrets(reason(answer.body())).strip();
    return reason.isEmpty() ? status : status + ": " + Quoted.plain(reason);
  }

  /** The message of an error in JSON, of a token endpoint's too; other text as it is. */
  private static String reason(Bytes body) {
    Bytes looked = body.size() <= MAX_PROBLEM ? body : body.slice(0, MAX_PROBLEM);
    try {
      JsonObject json = JsonParser.parseObject(looked, "error");
      for (String name : new String[] {"message", "error_description", "error"}) {
        if (json.get(name).orElse(null) instanceof JsonString text && !text.value().isEmpty()) {
          return text.value();
        }
      }
      return "";
    } catch (MalformedInputException e) {
      return text(looked);
    }
  }

  private static String text(Bytes body) {
    try {
      return body.toUtf8String("error");
    } catch (MalformedInputException e) {
      return "";
    }
  }
}
