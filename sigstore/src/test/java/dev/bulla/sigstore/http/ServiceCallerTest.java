package dev.bulla.sigstore.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.ErrorCode;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The caller over a transport and a clock that do what they are told. */
final class ServiceCallerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<ServiceRequest> sent = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final List<Step> script = new ArrayList<>();
  private long nanos;

  private interface Step {
    ServiceAnswer answer() throws IOException, MalformedInputException, InterruptedException;
  }

  private final Pace pace =
      new Pace() {
        @Override
        public long nanoTime() {
          return nanos;
        }

        @Override
        public Instant now() {
          return START.plusNanos(nanos);
        }

        @Override
        public void sleep(Duration duration) {
          waits.add(duration);
          nanos += duration.toNanos();
        }

        @Override
        public double chance() {
          return 0.5;
        }
      };

  private final ServiceCaller caller =
      new ServiceCaller(
          (request, timeout) -> {
            sent.add(request);
            assertThat(timeout).isPositive();
            Step step = script.size() > 1 ? script.remove(0) : script.get(0);
            try {
              return step.answer();
            } catch (NoAnswerException e) {
              throw e;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          },
          Duration.ofSeconds(60),
          pace);

  private static ServiceAnswer answer(int status, String body, String... headers) {
    List<ServiceHeader> fields = new ArrayList<>();
    for (int i = 0; i < headers.length; i += 2) {
      fields.add(new ServiceHeader(headers[i], headers[i + 1]));
    }
    return new ServiceAnswer(status, fields, Bytes.utf8(body));
  }

  private static ServiceRequest post() throws Exception {
    return ServiceRequest.post(
        ServiceUrl.parse("https://log.example/api"), "application/json", Bytes.utf8("{}"), 1000);
  }

  private ServiceException failure(ServiceRequest request) {
    return catchThrowableOfType(ServiceException.class, () -> caller.call(request));
  }

  @Test
  void takesTheFirstGoodAnswer() throws Exception {
    script.add(() -> answer(201, "made"));

    assertThat(caller.call(post()).body()).isEqualTo(Bytes.utf8("made"));
    assertThat(sent).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503})
  void repeatsWhatIsTemporary(int status) throws Exception {
    script.add(() -> answer(status, ""));
    script.add(() -> answer(status, ""));
    script.add(() -> answer(200, "at last"));

    assertThat(caller.call(post()).body()).isEqualTo(Bytes.utf8("at last"));
    assertThat(waits).containsExactly(Duration.ofMillis(250), Duration.ofMillis(750));
  }

  @Test
  void givesUpAfterFourAttempts() throws Exception {
    script.add(() -> answer(503, "{\"code\":503,\"message\":\"down for lunch\"}"));

    ServiceException e = failure(post());

    assertThat(sent).hasSize(4);
    assertThat(e.kind()).isEqualTo(Kind.FAILED);
    assertThat(e.code()).isEqualTo(ErrorCode.UNDECIDED);
    assertThat(e.status()).hasValue(503);
    assertThat(e.message()).isEqualTo("POST https://log.example/api: HTTP 503: down for lunch");
  }

  @Test
  void waitsAsLongAsTheServiceAsksFor() throws Exception {
    script.add(() -> answer(429, "", "retry-after", "20"));
    script.add(() -> answer(503, "", "Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT"));
    script.add(() -> answer(200, ""));

    caller.call(post());

    assertThat(waits).containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"60", "3600", "99999999999999999999"})
  void doesNotWaitBeyondItsOwnTime(String seconds) throws Exception {
    script.add(() -> answer(429, "", "Retry-After", seconds));

    assertThat(failure(post()).kind()).isEqualTo(Kind.THROTTLED);
    assertThat(sent).hasSize(1);
    assertThat(waits).isEmpty();
  }

  @Test
  void doesNotRepeatWhatMayBeCarriedOutOnceOnly() throws Exception {
    script.add(() -> answer(503, ""));

    assertThat(failure(post().once()).kind()).isEqualTo(Kind.FAILED);
    assertThat(sent).hasSize(1);
  }

  @Test
  void repeatsEvenThatWhenNothingWasSent() throws Exception {
    script.add(() -> {
      throw new NoAnswerException(Kind.UNREACHABLE, "refused", true, new IOException("refused"));
    });
    script.add(() -> answer(200, ""));

    caller.call(post().once());

    assertThat(sent).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"UNREACHABLE,4", "TIMEOUT,4", "BAD_ANSWER,4", "TLS,1"})
  void saysWhyNoAnswerCame(Kind kind, int attempts) throws Exception {
    script.add(() -> {
      throw new NoAnswerException(kind, "that is how it is", false, new IOException("why"));
    });

    ServiceException e = failure(post());

    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.code()).isEqualTo(ErrorCode.UNDECIDED);
    assertThat(e.message()).isEqualTo("POST https://log.example/api: that is how it is");
    assertThat(sent).hasSize(attempts);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422})
  void handsOverRefusals(int status) throws Exception {
    script.add(() -> answer(status, "{\"message\":\"no\\n\"}"));

    assertThat(caller.ask(post()).status()).isEqualTo(status);
    ServiceException e = failure(post());
    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.code()).isEqualTo(ErrorCode.SERVICE);
    assertThat(e.message()).endsWith(": HTTP " + status + ": no");
    assertThat(sent).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) throws Exception {
    script.add(() -> answer(status, "", "Location", "https://elsewhere.example/"));

    assertThat(failure(post()).kind()).isEqualTo(Kind.UNSAFE);
    assertThat(sent).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"invalid_grant\",\"error_description\":\"too late\"}",
        "too late",
        "{\"error\":\"too late\"}"
      })
  void showsTheReasonInEachForm(String body) throws Exception {
    script.add(() -> answer(400, body));

    assertThat(failure(post()).message()).endsWith("HTTP 400: too late");
  }

  @Test
  void showsReasonsShortAndHarmless() throws Exception {
    script.add(() -> answer(400, "\u001b[2J" + "x".repeat(100_000)));

    assertThat(failure(post()).message()).hasSizeLessThan(400).doesNotContain("\u001b");
  }

  @Test
  void showsNoSecretThatTheServiceEchoes() throws Exception {
    script.add(() -> answer(400, "{\"message\":\"cannot read token aaa.bbb.ccc\"}"));

    ServiceRequest request = post().bearer("aaa.bbb.ccc");

    assertThat(failure(request).message()).endsWith("cannot read token …");
    assertThat(request.toString()).doesNotContain("aaa");
    assertThat(request.headers().toString()).doesNotContain("aaa");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://log.example/", "http://127.0.0.1.example/", "http://10.0.0.1"})
  void sendsNoSecretInTheOpen(String url) throws Exception {
    script.add(() -> answer(200, ""));

    ServiceRequest request = ServiceRequest.get(ServiceUrl.parse(url), 10).bearer("aaa");

    assertThat(failure(request).kind()).isEqualTo(Kind.UNSAFE);
    assertThat(sent).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://log.example", "http://localhost:1", "http://[::1]:1/"})
  void sendsSecretsOverTlsAndToThisMachine(String url) throws Exception {
    script.add(() -> answer(200, ""));

    caller.call(ServiceRequest.get(ServiceUrl.parse(url), 10).bearer("aaa"));

    assertThat(sent).hasSize(1);
  }

  @Test
  void saysOfALargeAnswerThatItIsUnusable() throws Exception {
    script.add(() -> {
      throw new MalformedInputException("body", "larger than the limit of 10 bytes");
    });

    assertThat(failure(post()).kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(sent).hasSize(1);
  }

  @Test
  void stopsWhenItIsInterrupted() throws Exception {
    script.add(() -> {
      throw new InterruptedException();
    });

    assertThat(failure(post()).kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(sent).hasSize(1);
  }

  @Test
  void leavesFailuresOfTheSettingsAsTheyAre() throws Exception {
    ServiceCaller broken =
        new ServiceCaller(
            (request, timeout) -> {
              throw new ConfigurationException("no such file");
            },
            Duration.ofSeconds(1),
            pace);

    assertThat(catchThrowableOfType(ConfigurationException.class, () -> broken.call(post())))
        .hasMessage("no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "[]", "{\"a\":1,\"a\":2}", "{\"a\":1", "{} {}"})
  void readsJsonStrictly(String body) throws Exception {
    ServiceAnswer answer = answer(200, body, "Content-Type", "text/html");
    ServiceRequest request = post();

    ServiceException e =
        catchThrowableOfType(ServiceException.class, () -> ServiceCaller.json(request, answer));

    assertThat(e.kind()).isEqualTo(Kind.BAD_ANSWER);
    assertThat(e.message()).contains("text/html");
  }
}
