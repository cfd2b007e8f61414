package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a registry's answers say beside their content: the next page, when to come back, what went
 * wrong.
 */
public final class AnswerTarget {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<Integer> STATUSES =
      List.of(404, 400, 401, 403, 405, 429, 500, 503, 302, 200);
  private static final HttpUrl URL = url("https://registry.test/v2/app/tags/list?n=2&token=secret");

  private AnswerTarget() {}

  private static HttpUrl url(String text) {
    try {
      return HttpUrl.parse(text);
    } catch (MalformedInputException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Each line is the value of one Link field. */
  public static boolean hasNextPage(byte[] input) {
    Headers headers = headers("Link", input);
    Optional<String> next = LinkHeader.next(headers);
    next.ifPresent(target -> {
      Check.that(target.indexOf('>') < 0, "a target ends where it ends");
      Check.that(
          headers.all("link").stream().anyMatch(value -> value.contains("<" + target + ">")),
          "a target stands in a field");
    });
    Answer answer = new Answer("GET", URL, 200, headers, Bytes.EMPTY);
    try {
      Optional<HttpUrl> page = new Pages().after(answer);
      Check.equal(next.isPresent(), page.isPresent(), "a next page is followed or refused");
      page.ifPresent(to -> {
        Check.equal(URL.origin(), to.origin(), "pages stay on the registry");
        Check.that(!to.equals(URL), "pages go on");
      });
      return page.isPresent();
    } catch (RegistryException e) {
      Check.refusal(e);
      hidesTheSecret(e);
      return false;
    }
  }

  /** Each line is the value of one Retry-After field. */
  public static boolean saysWhenToRetry(byte[] input) {
    OptionalLong seconds = RetryAfter.seconds(headers("Retry-After", input), NOW);
    seconds.ifPresent(value -> Check.that(value >= 0, "nobody waits backwards"));
    return seconds.isPresent();
  }

  /** A byte that selects the status, and the body behind it. */
  public static boolean explains(byte[] input) {
    int status = Input.choice(input, STATUSES);
    Answer answer = new Answer("GET", URL, status, Headers.NONE, Input.rest(input));
    RegistryException failure = RegistryErrors.of(answer);
    Check.refusal(failure);
    hidesTheSecret(failure);
    Check.equal(status, failure.status().orElseThrow(), "the status is told");
    Check.that(failure.registryCodes().size() <= 16, "number of codes");
    failure.registryCodes().stream().filter(code -> !code.isEmpty()).forEach(Check::message);
    Check.equal(
        status == 404 && failure.kind() == RegistryException.Kind.NOT_FOUND,
        RegistryErrors.saysAbsent(answer),
        "absence is a 404 that gives no other reason");
    Check.that(
        RegistryErrors.ofService(answer).kind() != RegistryException.Kind.NOT_FOUND,
        "a service's 404 says nothing about images");
    return !failure.registryCodes().isEmpty();
  }

  private static void hidesTheSecret(RegistryException failure) {
    Check.that(
        failure
            .message()
            .startsWith("GET https://registry.test/v2/app/tags/list?n=2&token=REDACTED"),
        "the URL is shown without its secret: " + failure.message());
  }

  private static Headers headers(String name, byte[] input) {
    Headers.Builder headers = Headers.builder();
    for (String line : Input.lines(Input.latin1(input))) {
      if (Headers.isFieldValue(line)) {
        headers.add(name, line);
      }
    }
    return headers.build();
  }
}
