package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.TransportException.Kind;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TlsTest {

  private static final Duration AMPLE = Duration.ofSeconds(30);
  private static final TestAuthority AUTHORITY = TestAuthority.create("bulla test root");
  private static final TestAuthority STRANGER = TestAuthority.create("a stranger's root");

  @TempDir Path folder;

  private static WireServer server(String... names) throws Exception {
    return WireServer.startTls(
        WireServer.loopback(),
        AUTHORITY.serverContext(names),
        false,
        (request, waiting) -> WireResponse.of(200).withText("text/plain", "secure"));
  }

  private static String get(HttpTransport transport, WireServer server) throws Exception {
    return transport.exchange(
        request("https", server),
        r -> LimitedInput.readAll(r.body(), 1000, "test").toUtf8String("test"));
  }

  private static TransportRequest request(String scheme, WireServer server) throws Exception {
    HttpUrl url = HttpUrl.parse(scheme + "://127.0.0.1:" + server.address().getPort() + "/v2/");
    return new TransportRequest("GET", url, Headers.NONE, RequestBody.NONE, AMPLE);
  }

  private static TransportException failure(HttpTransport transport, WireServer server) {
    return catchThrowableOfType(TransportException.class, () -> get(transport, server));
  }

  private static Bytes pem(TestAuthority authority) {
    return Bytes.utf8(authority.certificatePem());
  }

  private static TlsOptions.Builder trusting() {
    return TlsOptions.builder().trustOnly(pem(AUTHORITY), "ca.pem");
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void trustsTheGivenAuthority(TransportKind kind) throws Exception {
    try (WireServer server = server("127.0.0.1");
        HttpTransport only = kind.create(trusting().build());
        HttpTransport also =
            kind.create(TlsOptions.builder().trustAlso(pem(AUTHORITY), "ca.pem").build())) {
      assertThat(get(only, server)).isEqualTo("secure");
      assertThat(get(also, server)).isEqualTo("secure");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void refusesStrangers(TransportKind kind) throws Exception {
    try (WireServer server = server("127.0.0.1");
        HttpTransport usual = kind.create();
        HttpTransport other =
            kind.create(TlsOptions.builder().trustOnly(pem(STRANGER), "ca.pem").build())) {
      assertThat(failure(usual, server).kind()).isEqualTo(Kind.TLS);
      TransportException refused = failure(other, server);
      assertThat(refused.kind()).isEqualTo(Kind.TLS);
      assertThat(refused).hasMessageContaining("certificate is not trusted");
      assertThat(refused.nothingSent()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void refusesCertificatesForOtherNames(TransportKind kind) throws Exception {
    try (WireServer server = server("registry.example");
        HttpTransport transport = kind.create(trusting().build())) {
      assertThat(failure(transport, server).kind()).isEqualTo(Kind.TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void refusesExpiredCertificates(TransportKind kind) throws Exception {
    try (WireServer server =
            WireServer.startTls(
                WireServer.loopback(),
                AUTHORITY.context(AUTHORITY.issueExpiredServer("127.0.0.1")),
                false,
                (request, waiting) -> WireResponse.of(200));
        HttpTransport transport = kind.create(trusting().build())) {
      assertThat(failure(transport, server).kind()).isEqualTo(Kind.TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void checksTheGivenServerNameInsteadOfTheHost(TransportKind kind) throws Exception {
    try (WireServer named = server("registry.example");
        WireServer addressed = server("127.0.0.1");
        HttpTransport transport = kind.create(trusting().serverName("registry.example").build())) {
      assertThat(get(transport, named)).isEqualTo("secure");
      assertThat(failure(transport, addressed).kind()).isEqualTo(Kind.TLS);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void acceptsAnythingOnlyWhenTold(TransportKind kind) throws Exception {
    try (WireServer server = server("somebody.else");
        HttpTransport transport =
            kind.create(TlsOptions.builder().insecureAnyCertificate().build())) {
      assertThat(get(transport, server)).isEqualTo("secure");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void honoursTheSystemsRootsFromTheEnvironment(TransportKind kind) throws Exception {
    Path file = Files.writeString(folder.resolve("roots.pem"), AUTHORITY.certificatePem());
    Path directory = Files.createDirectory(folder.resolve("certs"));
    Files.writeString(directory.resolve("a.crt"), AUTHORITY.certificatePem());
    Files.writeString(directory.resolve("README"), "no certificate");
    Files.createSymbolicLink(directory.resolve("dangling.0"), Path.of("nowhere"));
    Path strangers = Files.writeString(folder.resolve("other.pem"), STRANGER.certificatePem());
    try (WireServer server = server("127.0.0.1");
        HttpTransport byFile = kind.create(environment("SSL_CERT_FILE", file));
        HttpTransport byDirectory = kind.create(environment("SSL_CERT_DIR", directory));
        HttpTransport others = kind.create(environment("SSL_CERT_FILE", strangers))) {
      assertThat(get(byFile, server)).isEqualTo("secure");
      assertThat(get(byDirectory, server)).isEqualTo("secure");
      assertThat(failure(others, server).kind()).isEqualTo(Kind.TLS);
    }
  }

  private static TlsOptions environment(String name, Path value) {
    return TlsOptions.builder().environment(Map.of(name, value.toString())).build();
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,PKCS8", "SOCKET,SEC1", "JDK,PKCS8", "JDK,SEC1"})
  void showsAClientCertificate(TransportKind kind, String form) throws Exception {
    TestAuthority.Issued client = AUTHORITY.issueClient("ci");
    String key = form.equals("PKCS8") ? client.keyPem() : sec1(client.keyPem());
    try (WireServer server =
            WireServer.startTls(
                WireServer.loopback(),
                AUTHORITY.serverContext("127.0.0.1"),
                true,
                (request, waiting) -> WireResponse.of(200).withText("text/plain", "mutual"));
        HttpTransport known =
            kind.create(
                trusting()
                    .clientIdentity(
                        Bytes.utf8(client.certificatePem()),
                        "client.crt",
                        Bytes.utf8(key),
                        "client.key")
                    .build());
        HttpTransport unknown = kind.create(trusting().build())) {
      assertThat(get(known, server)).isEqualTo("mutual");
      assertThat(failure(unknown, server)).isNotNull();
    }
  }

  /**
   * The same P-256 key as OpenSSL writes it: SEC 1 with the curve inside, behind a block that names
   * the curve again.
   */
  private static String sec1(String pkcs8Pem) throws Exception {
    byte[] pkcs8 =
        Base64Text.decodeIgnoringNewlines(pkcs8Pem.replaceAll("-----[^-]+-----", "").strip(), "key")
            .toByteArray();
    // the private value is the first OCTET STRING of 32 bytes
    int at = 0;
    while (pkcs8[at] != 0x04 || pkcs8[at + 1] != 0x20) {
      at++;
    }
    byte[] curve = {0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x03, 0x01, 0x07};
    byte[] sec1 = new byte[2 + 3 + 34 + 2 + curve.length];
    sec1[0] = 0x30;
    sec1[1] = (byte) (sec1.length - 2);
    sec1[2] = 0x02;
    sec1[3] = 0x01;
    sec1[4] = 0x01;
    System.arraycopy(pkcs8, at, sec1, 5, 34);
    sec1[39] = (byte) 0xa0;
    sec1[40] = (byte) curve.length;
    System.arraycopy(curve, 0, sec1, 41, curve.length);
    return "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        + "-----BEGIN EC PRIVATE KEY-----\n"
        + Base64Text.encodeLines(Bytes.of(sec1))
        + "-----END EC PRIVATE KEY-----\n";
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void tellsThatAPortDoesNotSpeakTls(TransportKind kind) throws Exception {
    try (WireServer plain =
            WireServer.start(WireServer.loopback(), (request, waiting) -> WireResponse.of(200));
        RawServer answering =
            RawServer.start((line, number) -> {
              line.read();
              line.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            });
        RawServer hangingUp = RawServer.start((line, number) -> line.read());
        HttpTransport transport = kind.create()) {
      assertThat(plain.address()).isNotNull();
      for (RawServer server : new RawServer[] {answering, hangingUp}) {
        TransportRequest request =
            new TransportRequest(
                "GET",
                HttpUrl.parse("https://" + server.authority() + "/"),
                Headers.NONE,
                RequestBody.NONE,
                AMPLE);
        TransportException failure =
            catchThrowableOfType(
                TransportException.class, () -> transport.exchange(request, r -> "answer"));
        // the JDK's client does not tell a peer that hangs up from one that refuses us
        assertThat(failure.kind())
            .isIn(Kind.NOT_TLS, kind == TransportKind.JDK ? Kind.TLS : Kind.NOT_TLS);
        assertThat(failure.nothingSent()).isTrue();
      }
    }
  }

  /** What servers say that have no certificate for the name: TLS, so no reason to do without it. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aPeerThatRefusesInTheWordsOfTlsSpeaksIt(TransportKind kind) throws Exception {
    try (RawServer server =
            RawServer.start((line, number) -> {
              line.read();
              line.send("\u0015\u0003\u0003\u0000\u0002\u0002P");
            });
        HttpTransport transport = kind.create()) {
      TransportRequest request =
          new TransportRequest(
              "GET",
              HttpUrl.parse("https://" + server.authority() + "/"),
              Headers.NONE,
              RequestBody.NONE,
              AMPLE);
      TransportException failure =
          catchThrowableOfType(
              TransportException.class, () -> transport.exchange(request, r -> "answer"));
      assertThat(failure.kind()).isEqualTo(Kind.TLS);
      assertThat(failure).hasMessageContaining("internal_error");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theDeadlineCoversTheHandshake(TransportKind kind) throws Exception {
    try (RawServer silent = RawServer.start((line, number) -> line.hold());
        HttpTransport transport = kind.create()) {
      TransportRequest request =
          new TransportRequest(
              "GET",
              HttpUrl.parse("https://" + silent.authority() + "/"),
              Headers.NONE,
              RequestBody.NONE,
              Duration.ofMillis(400));
      TransportException failure =
          catchThrowableOfType(
              TransportException.class, () -> transport.exchange(request, r -> "answer"));
      assertThat(failure.kind()).isIn(Kind.CONNECT_TIMEOUT, Kind.TIMEOUT);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void plainTextOnATlsPortFails(TransportKind kind) throws Exception {
    try (WireServer server = server("127.0.0.1");
        HttpTransport transport = kind.create(trusting().build())) {
      TransportRequest request = request("http", server);
      TransportException failure =
          catchThrowableOfType(
              TransportException.class, () -> transport.exchange(request, r -> "answer"));
      assertThat(failure.kind()).isIn(Kind.BROKEN, Kind.NOT_HTTP);
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void unusableFilesAreNamedNotIgnored(TransportKind kind) throws Exception {
    try (WireServer server = server("127.0.0.1")) {
      assertUnusable(
          kind, server, TlsOptions.builder().trustOnly(Bytes.utf8("junk"), "ca.pem").build());
      assertUnusable(
          kind,
          server,
          trusting()
              .clientIdentity(pem(AUTHORITY), "client.crt", Bytes.utf8("junk"), "ca.pem")
              .build());
      assertUnusable(
          kind,
          server,
          trusting()
              .clientIdentity(
                  pem(AUTHORITY),
                  "client.crt",
                  Bytes.utf8(
                      """
                      -----BEGIN ENCRYPTED PRIVATE KEY-----
                      AAAA
                      -----END ENCRYPTED PRIVATE KEY-----
                      """),
                  "ca.pem")
              .build());
      assertUnusable(kind, server, environment("SSL_CERT_FILE", folder.resolve("ca.pem")));
    }
  }

  private static void assertUnusable(TransportKind kind, WireServer server, TlsOptions options) {
    try (HttpTransport transport = kind.create(options)) {
      assertThatThrownBy(() -> get(transport, server))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("ca.pem");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void plainHttpNeedsNoCertificates(TransportKind kind) throws Exception {
    try (WireServer server =
            WireServer.start(
                WireServer.loopback(),
                (request, waiting) -> WireResponse.of(200).withText("text/plain", "plain"));
        HttpTransport transport =
            kind.create(TlsOptions.builder().trustOnly(Bytes.utf8("junk"), "ca.pem").build())) {
      int status = transport.exchange(request("http", server), TransportResponse::status);
      assertThat(status).isEqualTo(200);
    }
  }

  @Test
  void showsNoSecret() {
    TlsOptions options =
        TlsOptions.builder()
            .clientIdentity(
                Bytes.utf8("c"), "client.crt", Bytes.utf8("TOP SECRET KEY"), "client.key")
            .build();
    assertThat(options.toString() + options.clientIdentity()).doesNotContain("SECRET");
  }
}
