package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.registry.transport.Headers;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Retry-After} and {@code Link}, in all their forms. */
class HeadersOfAnswersTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static OptionalLong retryAfter(String value) {
    return RetryAfter.seconds(Headers.builder().add("retry-after", value).build(), NOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0",
        "120|120",
        "Sat, 21 Nov 2026 10:00:05 GMT|5",
        "Sat, 21 Nov 2026 09:00:00 GMT|0",
        "999999999|999999999",
        "99999999999999999999|9223372036854775807"
      })
  void readsBothFormsOfRetryAfter(String value, long seconds) {
    assertThat(retryAfter(value)).hasValue(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-5", "1.5", "Sat, 99 Nov 2026 10:00:05 GMT", "2026-11-21"})
  void anythingElseIsNotSaid(String value) {
    assertThat(retryAfter(value)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "</v2/a/tags/list?last=b>; rel=\"next\"|/v2/a/tags/list?last=b",
        "<x>;rel=next|x",
        "<x> ; REL = \"Next\"|x",
        "<a>; rel=\"prev\", <b>; rel=\"next\"|b",
        "<a,b>; title=\"x\"; rel=\"next\"; type=y|a,b"
      })
  void findsTheNextPage(String value, String target) {
    assertThat(LinkHeader.next(Headers.builder().add("Link", value).build())).contains(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<x>",
        "<x>; rel=prev",
        "<x>; rel=nextish",
        "x; rel=next",
        "<x; rel=next",
        ">"
      })
  void findsNoneWhereThereIsNone(String value) {
    assertThat(LinkHeader.next(Headers.builder().add("Link", value).build()))
        .isEqualTo(Optional.empty());
  }
}
