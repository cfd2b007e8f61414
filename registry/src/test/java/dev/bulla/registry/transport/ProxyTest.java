package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.RegistryException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.transport.TransportException.Kind;
import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that go through a proxy, on both transports. */
class ProxyTest {

  private static final TestAuthority AUTHORITY = TestAuthority.create("bulla test root");
  private static final TlsOptions TRUSTING =
      TlsOptions.builder().trustOnly(Bytes.utf8(AUTHORITY.certificatePem()), "ca.pem").build();
  private static final String HOST = "registry.example";
  private static final String PROXY_PASSWORD = "proxy-secret-5c";
  private static final String PASSWORD = "registry-secret-7e";

  private final Queue<String> seenByServer = new ConcurrentLinkedQueue<>();

  private WireServer server(boolean tls) throws Exception {
    dev.bulla.testkit.http.WireHandler handler =
        (request, waiting) -> {
          seenByServer.add(request.method() + " " + request.path() + " " + request.headers());
          return WireResponse.of(200).withText("text/plain", "here");
        };
    return tls
        ? WireServer.startTls(WireServer.loopback(), AUTHORITY.serverContext(HOST), false, handler)
        : WireServer.start(WireServer.loopback(), handler);
  }

  private static Proxies proxies(String url) {
    return Proxies.of(Map.of("HTTPS_PROXY", url, "HTTP_PROXY", url));
  }

  private static String withPassword(ForwardProxy proxy) {
    return "http://ci:" + PROXY_PASSWORD + "@" + proxy.host();
  }

  private static String get(HttpTransport transport, String url) throws Exception {
    return transport.exchange(
        new TransportRequest(
            "GET",
            HttpUrl.parse(url),
            Headers.builder().add("Authorization", "Basic " + PASSWORD).build(),
            RequestBody.NONE,
            Duration.ofSeconds(20)),
        r -> r.status() + LimitedInput.readAll(r.body(), 1000, "test").toUtf8String("test"));
  }

  private static TransportException failure(HttpTransport transport, String url) {
    TransportException failure =
        catchThrowableOfType(TransportException.class, () -> get(transport, url));
    assertThat(failure.message()).doesNotContain(PROXY_PASSWORD);
    return failure;
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aTunnelHidesEverythingButTheServersName(TransportKind kind) throws Exception {
    try (WireServer server = server(true);
        ForwardProxy proxy = ForwardProxy.start().asking("ci", PROXY_PASSWORD);
        HttpTransport transport = kind.create(TRUSTING, proxies(withPassword(proxy)))) {
      proxy.leading(HOST + ":443", server.address());
      assertThat(get(transport, "https://" + HOST + "/v2/a")).isEqualTo("200here");
      assertThat(get(transport, "https://" + HOST + "/v2/b")).isEqualTo("200here");
      assertThat(proxy.lines()).containsExactly("CONNECT registry.example:443 HTTP/1.1");
      assertThat(proxy.heads().get(0))
          .contains("Proxy-Authorization: Basic ")
          .doesNotContain(PASSWORD);
      assertThat(seenByServer)
          .hasSize(2)
          .noneMatch(seen -> seen.toLowerCase(java.util.Locale.ROOT).contains("proxy-"));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aPlainRequestIsPassedOn(TransportKind kind) throws Exception {
    try (WireServer server = server(false);
        ForwardProxy proxy = ForwardProxy.start().asking("ci", PROXY_PASSWORD);
        HttpTransport transport = kind.create(TRUSTING, proxies(withPassword(proxy)))) {
      proxy.leading(HOST + ":5000", server.address());
      assertThat(get(transport, "http://" + HOST + ":5000/v2/a?n=1")).isEqualTo("200here");
      assertThat(proxy.lines())
          .containsExactly("GET http://registry.example:5000/v2/a?n=1 HTTP/1.1");
      assertThat(seenByServer).hasSize(1).allMatch(seen -> seen.startsWith("GET /v2/a "));
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theServersCertificateIsCheckedThroughTheTunnel(TransportKind kind) throws Exception {
    try (WireServer server = server(true);
        ForwardProxy proxy = ForwardProxy.start();
        HttpTransport transport = kind.create(TRUSTING, proxies(proxy.host()))) {
      proxy.leading("other.example:443", server.address());
      assertThat(failure(transport, "https://other.example/v2/").kind()).isEqualTo(Kind.TLS);
      assertThat(seenByServer).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOCKET,https",
    "SOCKET,http",
    "JDK,https",
    "JDK,http",
  })
  void aProxyThatAsksIsNotAnsweredByTheServersCredentials(TransportKind kind, String scheme)
      throws Exception {
    try (WireServer server = server(scheme.equals("https"));
        ForwardProxy proxy = ForwardProxy.start().asking("ci", "another");
        HttpTransport nobody = kind.create(TRUSTING, proxies(proxy.host()));
        HttpTransport wrong = kind.create(TRUSTING, proxies(withPassword(proxy)))) {
      proxy.leading(HOST + ":80", server.address()).leading(HOST + ":443", server.address());
      TransportException asked = failure(nobody, scheme + "://" + HOST + "/v2/");
      assertThat(asked.kind()).isEqualTo(Kind.PROXY);
      assertThat(asked).hasMessageContaining("asks for credentials (407)");
      assertThat(failure(wrong, scheme + "://" + HOST + "/v2/"))
          .hasMessageContaining("does not accept its credentials (407)")
          .hasMessageContaining(proxy.host())
          .hasMessageContaining("_PROXY");
      assertThat(seenByServer).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,403,refuses", "SOCKET,502,cannot reach", "JDK,403,refuses"})
  void aProxyThatRefusesIsNamed(TransportKind kind, int status, String says) throws Exception {
    try (ForwardProxy proxy = ForwardProxy.start().refusing(status + " No");
        HttpTransport transport = kind.create(TRUSTING, proxies(proxy.host()))) {
      TransportException refused = failure(transport, "https://" + HOST + "/v2/");
      assertThat(refused.kind()).isEqualTo(Kind.PROXY);
      assertThat(refused.nothingSent()).isTrue();
      assertThat(refused).hasMessageContaining(says).hasMessageContaining(proxy.host());
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aProxyThatIsNotThereIsNamed(TransportKind kind) throws Exception {
    ForwardProxy gone = ForwardProxy.start();
    gone.close();
    try (HttpTransport transport = kind.create(TRUSTING, proxies(withPassword(gone)))) {
      TransportException refused = failure(transport, "https://" + HOST + "/v2/");
      assertThat(refused.kind()).isEqualTo(Kind.PROXY);
      assertThat(refused).hasMessageContaining(gone.host()).hasMessageContaining("HTTPS_PROXY");
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aProxyThatTalksNonsenseIsNoServer(TransportKind kind) throws Exception {
    for (String nonsense :
        new String[] {"", "HTTP/1.1", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n", "\r\n\r\n"}) {
      try (RawServer server = RawServer.saying(nonsense);
          HttpTransport transport = kind.create(TRUSTING, proxies(server.authority()))) {
        assertThat(failure(transport, "https://" + HOST + "/v2/").kind()).isEqualTo(Kind.PROXY);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void theProxyItselfMayWantTls(TransportKind kind) throws Exception {
    try (WireServer server = server(true);
        ForwardProxy proxy =
            ForwardProxy.startTls(AUTHORITY.serverContext("127.0.0.1"))
                .asking("ci", PROXY_PASSWORD);
        HttpTransport transport =
            kind.create(TRUSTING, proxies("https://ci:" + PROXY_PASSWORD + "@" + proxy.host()));
        HttpTransport strangers =
            kind.create(TlsOptions.DEFAULT, proxies("https://" + proxy.host()))) {
      proxy.leading(HOST + ":443", server.address());
      assertThat(get(transport, "https://" + HOST + "/v2/")).isEqualTo("200here");
      TransportException refused = failure(strangers, "https://" + HOST + "/v2/");
      assertThat(refused.kind()).isEqualTo(Kind.PROXY);
      assertThat(refused).hasMessageContaining("not trusted");
    }
  }

  @Test
  void whatIsForTheServerIsNotShownToTheProxy() {
    TlsOptions options =
        TlsOptions.builder()
            .clientIdentity(Bytes.utf8("c"), "c", Bytes.utf8("k"), "k")
            .serverName("inside.example")
            .insecureAnyCertificate()
            .build()
            .forProxy();
    assertThat(options.clientIdentity()).isEmpty();
    assertThat(options.serverName()).isEmpty();
    assertThat(options.insecureAnyCertificate()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void exceptionsAndThisMachineGoWithoutIt(TransportKind kind) throws Exception {
    try (WireServer server = server(false);
        ForwardProxy proxy = ForwardProxy.start();
        HttpTransport transport = kind.create(TRUSTING, proxies(withPassword(proxy)))) {
      assertThat(get(transport, "http://127.0.0.1:" + server.address().getPort() + "/v2/"))
          .isEqualTo("200here");
      assertThat(proxy.heads()).isEmpty();
      assertThat(seenByServer).allMatch(seen -> !seen.contains("Proxy-Authorization"));
    }
  }

  // ---- a whole conversation

  private static final SampleImage IMAGE = SampleImage.image("hello");

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aRegistryBehindAProxySeesItsCredentialsAndTheProxyDoesNot(TransportKind kind)
      throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options()
                    .tls(AUTHORITY.serverContext(HOST))
                    .auth(Auth.bearer().user("ci", PASSWORD)));
        ForwardProxy proxy = ForwardProxy.start().asking("ci", PROXY_PASSWORD);
        RegistryClient client =
            RegistryClient.builder(kind.create(TRUSTING, proxies(withPassword(proxy))))
                .credentials(
                    CredentialSource.always(new Credentials.Basic("ci", PASSWORD), "a test"))
                .build()) {
      IMAGE.pushTo(registry.repository("app"), "v1");
      proxy.leading(HOST + ":443", registry.address());
      assertThat(client.getManifest(Repository.parse(HOST + "/app"), "v1")).isPresent();
      assertThat(proxy.lines()).containsOnly("CONNECT registry.example:443 HTTP/1.1");
      String basic = new Credentials.Basic("ci", PASSWORD).headerValue();
      assertThat(registry.log().carrying(basic)).hasSize(1);
      assertThat(String.join("", proxy.heads())).doesNotContain(basic);
      String proxyBasic = new Credentials.Basic("ci", PROXY_PASSWORD).headerValue();
      assertThat(registry.log().carrying(proxyBasic)).isEmpty();
    }
  }

  /** Even where plain HTTP is allowed, only the registry itself can say that it has no TLS. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void aProxyCannotTakeTlsAway(TransportKind kind) throws Exception {
    try (ForwardProxy proxy = ForwardProxy.start().refusing("502 Bad Gateway");
        RegistryClient client =
            RegistryClient.builder(kind.create(TRUSTING, proxies(proxy.host())))
                .insecureAllowHttp(true)
                .build()) {
      Repository app = Repository.parse(HOST + "/app");
      RegistryException refused =
          catchThrowableOfType(RegistryException.class, () -> client.getManifest(app, "v1"));
      assertThat(refused.kind()).isEqualTo(RegistryException.Kind.UNREACHABLE);
      assertThat(refused.hint().orElseThrow()).contains("NO_PROXY");
      assertThat(proxy.lines()).containsExactly("CONNECT registry.example:443 HTTP/1.1");
    }
  }
}
