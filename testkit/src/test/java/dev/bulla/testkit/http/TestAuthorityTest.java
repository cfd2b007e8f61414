package dev.bulla.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class TestAuthorityTest {

  private final TestAuthority authority = TestAuthority.create("test root");

  private static WireServer serving(SSLContext context, boolean clientCertificates)
      throws IOException {
    return WireServer.startTls(
        WireServer.loopback(),
        context,
        clientCertificates,
        (r, w) -> WireResponse.of(200).withText("text/plain", "tls " + r.tls()));
  }

  private static String get(WireServer server, SSLContext context)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      URI uri = URI.create("https://127.0.0.1:" + server.address().getPort() + "/");
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void issuesWhatAClientOfTheAuthorityAccepts() throws Exception {
    try (WireServer server = serving(authority.serverContext("localhost", "127.0.0.1"), false)) {
      assertThat(get(server, authority.clientContext())).isEqualTo("tls true");
    }
  }

  @Test
  void isUnknownToEverybodyElse() throws Exception {
    try (WireServer server = serving(authority.serverContext("127.0.0.1"), false)) {
      SSLContext other = TestAuthority.create("another root").clientContext();
      assertThatThrownBy(() -> get(server, other)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> get(server, SSLContext.getDefault()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void issuesCertificatesForOtherNames() throws Exception {
    try (WireServer server = serving(authority.serverContext("registry.example"), false)) {
      assertThatThrownBy(() -> get(server, authority.clientContext()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void issuesCertificatesWhoseTimeIsOver() throws Exception {
    SSLContext expired = authority.context(authority.issueExpiredServer("127.0.0.1"));
    try (WireServer server = serving(expired, false)) {
      assertThatThrownBy(() -> get(server, authority.clientContext()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void issuesClientCertificates() throws Exception {
    try (WireServer server = serving(authority.serverContext("127.0.0.1"), true)) {
      SSLContext withCertificate = authority.context(authority.issueClient("alice"));
      assertThat(get(server, withCertificate)).isEqualTo("tls true");
      assertThatThrownBy(() -> get(server, authority.clientContext()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void writesPemThatOthersRead() throws Exception {
    TestAuthority.Issued issued = authority.issueServer("127.0.0.1");
    var parsed =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(Bytes.utf8(issued.certificatePem()).newInputStream());
    assertThat(parsed).isEqualTo(issued.certificate());
    parsed.verify(authority.certificate().getPublicKey());
    assertThat(authority.certificatePem()).startsWith("-----BEGIN CERTIFICATE-----\n");
    assertThat(issued.keyPem())
        .startsWith("-----BEGIN PRIVATE KEY-----\n")
        .endsWith("-----END PRIVATE KEY-----\n");
    assertThat(issued.toString()).doesNotContain("KEY");
  }
}
