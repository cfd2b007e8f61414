package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.tls.IssuedOptions;
import dev.bulla.admission.tls.SelfIssued;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.testkit.kms.KubernetesServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole webhook without any certificate given to it. */
class OwnCertificateTest {

  private static final String MUTATING =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/bulla-webhook";

  @TempDir private Path folder;
  private WebhookOptions options;

  @BeforeEach
  void configure() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            validators: [{name: allow, type: static, approve: true}]
            policy: [{pattern: "*:*", validator: allow}]
            """);
    options =
        WebhookOptions.of(
                config,
                ServerOptions.of(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        folder.resolve("no.crt"),
                        folder.resolve("no.key"))
                    .withLookEvery(Duration.ofMillis(20)),
                VerifierOptions.in(Map.of()))
            .withIssued(
                IssuedOptions.parse(
                    "bulla/certs",
                    List.of("localhost"),
                    List.of("mutating/bulla-webhook", "validating/bulla-webhook"),
                    SelfIssued.OVERLAP));
  }

  private void kubeconfig(KubernetesServer server) throws Exception {
    options =
        options.withKubeconfig(
            Files.writeString(folder.resolve("kubeconfig"), server.kubeconfig("token: t0ken")));
  }

  private static SSLContext believing(Bytes pem) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "a", CertificateFactory.getInstance("X.509").generateCertificate(pem.newInputStream()));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  @Test
  void itAnswersWhoeverBelievesTheCaBundleOfItsRegistration() throws Exception {
    try (KubernetesServer server = KubernetesServer.start("Bearer t0ken", "v1.36.3")) {
      server.put(
          MUTATING,
          JsonParser.parseObject(
              Bytes.utf8(
                  """
                  {"metadata": {"resourceVersion": "1"},
                   "webhooks": [{"name": "one.svc", "clientConfig": {}}]}
                  """),
              "test"));
      kubeconfig(server);
      try (AdmissionWiring webhook = AdmissionWiring.start(options, JsonLog.silent())) {
        JsonObject data =
            (JsonObject) server.secret("bulla", "certs").orElseThrow().get("data").orElseThrow();
        Bytes authority =
            Base64Text.decode(((JsonString) data.get("ca.crt").orElseThrow()).value(), "test");
        try (HttpClient client = HttpClient.newBuilder().sslContext(believing(authority)).build()) {
          URI address = URI.create("https://localhost:" + webhook.address().getPort());
          assertThat(get(client, address.resolve("/health")).statusCode()).isEqualTo(200);
          HttpResponse<String> ready = get(client, address.resolve("/ready"));
          assertThat(ready.statusCode()).isEqualTo(200);
          assertThat(ready.body())
              .isEqualTo("registration validating/bulla-webhook is not there\n");
        }
      }
    }
  }

  private static HttpResponse<String> get(HttpClient client, URI address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void withoutRightsItDoesNotStartAndSaysWhichOneIsMissing() throws Exception {
    try (KubernetesServer server = KubernetesServer.start("Bearer another", "v1.36.3")) {
      kubeconfig(server);
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> AdmissionWiring.start(options, JsonLog.silent()))
          .satisfies(e -> assertThat(e.message()).contains("does not know the caller"));
    }
  }

  @Test
  void withoutAClusterItDoesNotStart() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> AdmissionWiring.start(options, JsonLog.silent()))
        .satisfies(e ->
            assertThat(e.hint())
                .hasValueSatisfying(hint -> assertThat(hint).contains("--kubeconfig")));
  }
}
