package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ServiceException;
import dev.bulla.error.ServiceException.Kind;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.sigstore.http.ServiceAnswer;
import dev.bulla.sigstore.http.ServiceCaller;
import dev.bulla.sigstore.http.ServiceRequest;
import dev.bulla.sigstore.http.ServiceUrl;
import dev.bulla.testkit.http.Delivery;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import dev.bulla.testkit.http.WireServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Services asked over real sockets. */
final class ServiceConnectionsTest {

  private static final Duration AMPLE = Duration.ofSeconds(60);
  private static final int LIMIT = 1000;

  private final List<WireRequest> seen = new CopyOnWriteArrayList<>();

  private WireServer server(WireResponse response) throws Exception {
    return WireServer.start(
        WireServer.loopback(),
        (request, waiting) -> {
          seen.add(request);
          return response;
        });
  }

  private static ServiceRequest post(String scheme, WireServer server) throws Exception {
    return ServiceRequest.post(
            ServiceUrl.parse(scheme + "://127.0.0.1:" + server.address().getPort() + "/api?x=1"),
            "application/json",
            Bytes.utf8("{}"),
            LIMIT)
        .once();
  }

  private static ServiceAnswer call(TlsOptions tls, ServiceRequest request, Duration timeout)
      throws Exception {
    try (HttpTransport transport = SocketTransport.create(tls)) {
      return ServiceCaller.of(new ServiceConnections(transport, "bulla/test"), timeout)
          .call(request);
    }
  }

  private static ServiceException failure(TlsOptions tls, ServiceRequest request, Duration time) {
    return catchThrowableOfType(ServiceException.class, () -> call(tls, request, time));
  }

  private ServiceException failure(WireResponse response, Duration timeout) throws Exception {
    try (WireServer server = server(response)) {
      return failure(TlsOptions.DEFAULT, post("http", server), timeout);
    }
  }

  @Test
  void carriesRequestAndAnswer() throws Exception {
    WireResponse response = WireResponse.of(201).withText("text/plain", "made").with("ETag", "e");
    try (WireServer server = server(response)) {
      ServiceAnswer answer =
          call(TlsOptions.DEFAULT, post("http", server).with("Accept", "text/plain"), AMPLE);

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("etag")).hasValue("e");
      assertThat(answer.body()).isEqualTo(Bytes.utf8("made"));
    }
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).method()).isEqualTo("POST");
    assertThat(seen.get(0).path()).isEqualTo("/api");
    assertThat(seen.get(0).rawQuery()).isEqualTo("x=1");
    assertThat(seen.get(0).headers().first("Content-Type")).hasValue("application/json");
    assertThat(seen.get(0).headers().first("Accept")).hasValue("text/plain");
    assertThat(seen.get(0).headers().first("User-Agent")).hasValue("bulla/test");
  }

  @Test
  void takesNoMoreThanTheLimitOfAGigabyte() throws Exception {
    byte[] megabyte = new byte[1 << 20];
    WireBody endless =
        WireBody.streamed(out -> {
          for (int i = 0; i < 1024; i++) {
            out.write(megabyte);
          }
        });

    assertThat(failure(WireResponse.of(200).withBody(endless), AMPLE).kind())
        .isEqualTo(Kind.BAD_ANSWER);
    assertThat(failure(WireResponse.of(400).withBody(endless), AMPLE).kind())
        .isEqualTo(Kind.BAD_ANSWER);
  }

  @Test
  void takesAnAnswerOfExactlyTheLimit() throws Exception {
    try (WireServer server =
        server(WireResponse.of(200).withText("text/plain", "x".repeat(LIMIT)))) {
      assertThat(call(TlsOptions.DEFAULT, post("http", server), AMPLE).body().size())
          .isEqualTo(LIMIT);
    }
  }

  @Test
  void takesNoPartForTheWhole() throws Exception {
    WireResponse whole = WireResponse.of(200).withText("text/plain", "a long enough text");

    assertThat(failure(whole.deliveredBy(Delivery.cutAfter(5)), AMPLE).kind())
        .isEqualTo(Kind.UNREACHABLE);
    assertThat(failure(whole.deliveredBy(Delivery.reset()), AMPLE).kind())
        .isEqualTo(Kind.UNREACHABLE);
    assertThat(failure(whole.deliveredBy(Delivery.drop()), AMPLE).kind())
        .isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void waitsNoLongerThanItsTime() throws Exception {
    Duration little = Duration.ofMillis(300);
    WireResponse whole = WireResponse.of(200).withText("text/plain", "a long enough text");

    assertThat(failure(whole.deliveredBy(Delivery.hang()), little).kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure(whole.deliveredBy(Delivery.drip(1, Duration.ofMillis(200))), little).kind())
        .isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void saysThatNobodyIsThere() throws Exception {
    ServiceRequest request;
    try (WireServer server = server(WireResponse.of(200))) {
      request = post("http", server);
    }

    assertThat(failure(TlsOptions.DEFAULT, request, Duration.ofSeconds(1)).kind())
        .isEqualTo(Kind.UNREACHABLE);
  }

  @Test
  void showsItsCertificateAndChecksTheNameThatIsAskedFor() throws Exception {
    TestAuthority authority = TestAuthority.create("services");
    TestAuthority.Issued client = authority.issueClient("signer");
    TlsOptions strangers = TlsOptions.builder().build();
    TlsOptions nobody =
        TlsOptions.builder()
            .trustOnly(Bytes.utf8(authority.certificatePem()), "ca.pem")
            .serverName("tsa.example")
            .build();
    TlsOptions known =
        TlsOptions.builder()
            .trustOnly(Bytes.utf8(authority.certificatePem()), "ca.pem")
            .serverName("tsa.example")
            .clientIdentity(
                Bytes.utf8(client.certificatePem()),
                "client.pem",
                Bytes.utf8(client.keyPem()),
                "key.pem")
            .build();
    try (WireServer server =
        WireServer.startTls(
            WireServer.loopback(),
            authority.serverContext("tsa.example"),
            true,
            (request, waiting) -> WireResponse.of(200).withText("text/plain", "known"))) {
      assertThat(call(known, post("https", server), AMPLE).body()).isEqualTo(Bytes.utf8("known"));
      assertThat(failure(nobody, post("https", server), AMPLE)).isNotNull();
      assertThat(failure(strangers, post("https", server), AMPLE).kind()).isEqualTo(Kind.TLS);
    }
  }
}
