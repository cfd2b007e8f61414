package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages are part of the interface: scripts read them. */
class RegistryErrorsTest {

  private static RegistryException error(String method, int status, String body) throws Exception {
    return RegistryErrors.of(
        new Answer(
            method,
            HttpUrl.parse("https://h:5000/v2/app/manifests/v1?n=1&sig=s3cr3t"),
            status,
            Headers.NONE,
            Bytes.utf8(body)));
  }

  private static final String URL = "https://h:5000/v2/app/manifests/v1?n=1&sig=REDACTED: ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|404|{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest"
            + " unknown\",\"detail\":{\"Tag\":\"nope\"}}]}|MANIFEST_UNKNOWN: manifest unknown;"
            + " map[Tag:nope]",
        "GET|404|{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest"
            + " unknown\",\"detail\":\"unknown tag=nope\"}]}|MANIFEST_UNKNOWN: manifest unknown;"
            + " unknown tag=nope",
        "GET|401|{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication"
            + " required\",\"detail\":[{\"Type\":\"repository\",\"Name\":\"a\",\"Action\":\"pull\"}]}]}|UNAUTHORIZED:"
            + " authentication required; [map[Action:pull Name:a Type:repository]]",
        "GET|400|{\"errors\":[{\"code\":\"A\",\"message\":\"one\"},{\"code\":\"B\",\"message\":\"two\",\"detail\":null}]}|multiple"
            + " errors returned: A: one; B: two",
        "GET|400|{\"errors\":[{\"code\":\"A\",\"message\":\"m\",\"detail\":{\"b\":[1,true,null],\"a\":2.5}}]}|A:"
            + " m; map[a:2.5 b:[1 true <nil>]]",
        "GET|500|{\"errors\":[]}|unexpected status code 500 Internal Server Error: {\"errors\":[]}",
        "GET|502|<html>bad gateway</html>|unexpected status code 502 Bad Gateway: <html>bad"
            + " gateway</html>",
        "GET|503|''|unexpected status code 503 Service Unavailable",
        "PUT|599|''|unexpected status code 599",
        "HEAD|404|''|unexpected status code 404 Not Found (HEAD responses have no body, use GET for"
            + " details)"
      })
  void speaksAsGoContainerregistryDoes(String method, int status, String body, String text)
      throws Exception {
    assertThat(error(method, status, body)).hasMessage(method + " " + URL + text);
  }

  @Test
  void keepsStatusAndCodes() throws Exception {
    RegistryException error =
        error("GET", 403, "{\"errors\":[{\"code\":\"denied\",\"message\":\"no\"}]}");
    assertThat(error.kind()).isEqualTo(Kind.DENIED);
    assertThat(error.status()).hasValue(403);
    assertThat(error.registryCodes()).containsExactly("DENIED");
  }

  @Test
  void escapesAndShortensWhatTheRegistrySays() throws Exception {
    RegistryException error =
        error(
            "GET",
            500,
            "{\"errors\":[{\"code\":\"X\\u001b[2J\",\"message\":\"a\\nb\\u202ec\",\"detail\":\""
                + "y".repeat(50_000)
                + "\"}]}");
    assertThat(error.message())
        .contains("\\u{1b}[2J", "a\\nb\\u{202e}c")
        .doesNotContain("\u001b", "\n", "\u202e");
    assertThat(error.message().length()).isLessThan(1500);
    assertThat(error.registryCodes()).containsExactly("X\\u{1b}[2J");
    assertThat(error("GET", 500, "\u001b]0;pwned\u0007").message()).doesNotContain("\u001b");
  }

  @Test
  void boundsHowManyErrorsItReads() throws Exception {
    StringBuilder body = new StringBuilder("{\"errors\":[");
    for (int i = 0; i < 500; i++) {
      body.append(i == 0 ? "" : ",").append("{\"code\":\"E").append(i).append("\"}");
    }
    assertThat(error("GET", 400, body + "]}").registryCodes()).hasSize(16);
  }
}
