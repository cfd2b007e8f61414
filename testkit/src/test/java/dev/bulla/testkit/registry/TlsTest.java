package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class TlsTest {

  private final TestAuthority authority = TestAuthority.create("registry root");

  private static HttpResponse<String> get(
      EmbeddedRegistry registry, SSLContext context, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return client.send(
          HttpRequest.newBuilder(registry.uri().resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void servesOverTls() throws Exception {
    SSLContext server = authority.serverContext("localhost", "127.0.0.1");
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options().tls(server).auth(Auth.bearer()).dockerLocations())) {
      assertThat(registry.uri().toString()).startsWith("https://127.0.0.1:");
      HttpResponse<String> answer = get(registry, authority.clientContext(), "/v2/");
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate"))
          .hasValueSatisfying(
              c -> assertThat(c).startsWith("Bearer realm=\"" + registry.uri() + "/token\""));
    }
  }

  @Test
  void asksForClientCertificates() throws Exception {
    SSLContext server = authority.serverContext("127.0.0.1");
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(EmbeddedRegistry.options().tlsWithClientCertificates(server))) {
      SSLContext client = authority.context(authority.issueClient("alice"));
      assertThat(get(registry, client, "/v2/").statusCode()).isEqualTo(200);
    }
  }
}
