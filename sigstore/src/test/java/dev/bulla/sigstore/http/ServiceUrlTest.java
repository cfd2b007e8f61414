package dev.bulla.sigstore.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log.example",
        "/api",
        "ftp://log.example",
        "file:///etc/passwd",
        "http:/log.example",
        "http://",
        "http://:80",
        "https://user:secret@log.example",
        "https://user:sec ret@log.example",
        "https://a:secret@[::1",
        "https://log.example:0",
        "https://log.example:99999",
        "https://log.example/#here",
        "https://log.example/a b",
        "https://log_example:secret@x/",
        "https://log.example\\@evil.example/",
        "https://log.example/\r\nHost: x"
      })
  void refusesWhatIsNoUrlOfAService(String text) {
    MalformedInputException e =
        catchThrowableOfType(MalformedInputException.class, () -> ServiceUrl.parse(text));

    assertThat(e).isNotNull();
    assertThat(e.message()).doesNotContain("secret");
  }

  @Test
  void refusesVeryLongOnes() {
    assertThat(
            catchThrowableOfType(
                MalformedInputException.class,
                () -> ServiceUrl.parse("https://log.example/" + "a".repeat(10_000))))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "https://log.example,https://log.example/api/v1",
    "https://log.example/,https://log.example/api/v1",
    "https://log.example///,https://log.example/api/v1",
    "http://log.example:3000/prefix/,http://log.example:3000/prefix/api/v1"
  })
  void leadsBelow(String base, String whole) throws Exception {
    assertThat(ServiceUrl.parse(base).below("/api/v1").text()).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    "https://log.example, true",
    "http://log.example, false",
    "http://LOCALHOST:3000, true",
    "http://127.0.0.1, true",
    "http://127.9.9.9:3000, true",
    "http://[::1]:3000, true",
    "http://[0:0:0:0:0:0:0:1], true",
    "http://[::2], false",
    "http://128.0.0.1, false",
    "http://127.0.0.1.log.example, false",
    "http://localhost.log.example, false"
  })
  void isReadByNobodyElseOverTlsAndOnThisMachine(String url, boolean confidential)
      throws Exception {
    assertThat(ServiceUrl.parse(url).isConfidential()).isEqualTo(confidential);
  }

  @Test
  void doesNotContinueAQuery() throws Exception {
    ServiceUrl url = ServiceUrl.parse("https://tsa.example/stamp?key=secret");

    assertThat(url.toString()).isEqualTo("https://tsa.example/stamp");
    assertThat(catchThrowableOfType(MalformedInputException.class, () -> url.below("/x")))
        .isNotNull();
  }
}
