package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole webhook, over real TLS, with images that the command signed in a real registry. */
class AdmissionWiringTest {

  private static final SampleImage SIGNED = SampleImage.image("signed");
  private static final SampleImage UNSIGNED = SampleImage.image("unsigned");

  @TempDir Path folder;

  private final TestAuthority authority = TestAuthority.create("webhook");
  private final List<String> log = new CopyOnWriteArrayList<>();
  private EmbeddedRegistry registry;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    registry = EmbeddedRegistry.start();
    SIGNED.pushTo(registry.repository("app"), "signed");
    UNSIGNED.pushTo(registry.repository("app"), "unsigned");
    Lines lines = new Lines(folder).environment("COSIGN_PASSWORD", "pw");
    assertThat(lines.run("generate-key-pair").exit()).isZero();
    Lines.Result signed =
        lines.run("sign", "--key", "cosign.key", "--tlog-upload=false", image("signed"));
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    TestAuthority.Issued issued = authority.issueServer("localhost");
    lines.file("tls.crt", issued.certificatePem()).file("tls.key", issued.keyPem());
    client =
        HttpClient.newBuilder()
            .sslContext(authority.clientContext())
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    registry.close();
  }

  private String image(String tag) {
    return registry.host() + "/app:" + tag;
  }

  private Path configuration(String features) throws Exception {
    String key = Files.readString(folder.resolve("cosign.pub"));
    return Files.writeString(
        folder.resolve("values.yaml"),
        """
        application:
          validators:
          - name: default
            type: cosign
            trustRoots:
            - name: default
              key: |
        KEY
          policy:
          - pattern: "*:*"
            with: {verifyInTransparencyLog: false}
          features: {automaticChildApproval: true, FEATURES}
        """
            .replace("KEY\n", key.indent(8))
            .replace("FEATURES", features));
  }

  private AdmissionWiring webhook(Path config) throws Exception {
    return webhook(config, FeatureSettings.NONE);
  }

  private AdmissionWiring webhook(Path config, FeatureSettings features) throws Exception {
    ServerOptions server =
        ServerOptions.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("tls.crt"),
                folder.resolve("tls.key"))
            .withLookEvery(Duration.ofMillis(20));
    VerifierOptions verifier =
        VerifierOptions.in(Map.of())
            .withHttpRegistries(Set.of(registry.host()))
            .withSecretsDir(folder.resolve("secrets"));
    return AdmissionWiring.start(
        WebhookOptions.of(config, server, verifier).withFeatures(features),
        new JsonLog(JsonLog.Level.DEBUG, false, InstantSource.system(), log::add));
  }

  private HttpResponse<String> send(AdmissionWiring webhook, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + webhook.address().getPort() + path))
            .timeout(Duration.ofSeconds(60));
    if (!body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject review(AdmissionWiring webhook, String path, String image) throws Exception {
    String body =
        ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
                + "'namespace':'shop','kind':{'group':'','kind':'Pod'},'operation':'CREATE','object':"
                + "{'metadata':{'name':'web'},'spec':{'containers':[{'image':'"
                + image
                + "'}]}}}}")
            .replace('\'', '"');
    HttpResponse<String> response = send(webhook, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return (JsonObject)
        JsonParser.parseObject(Bytes.utf8(response.body()), "answer").get("response").orElseThrow();
  }

  private static boolean allowed(JsonObject response) {
    return response.get("allowed").orElseThrow().equals(JsonBoolean.TRUE);
  }

  private static String text(JsonObject response) throws BullaException {
    return GoJson.write(response).toUtf8String("answer");
  }

  private static String patch(JsonObject response) throws BullaException {
    String encoded = ((JsonString) response.get("patch").orElseThrow()).value();
    return Base64Text.decode(encoded, "patch").toUtf8String("patch");
  }

  @Test
  void signedIsPinnedAndUnsignedIsDeniedWithWhyAndValidateSeesWhatIsFinal() throws Exception {
    try (AdmissionWiring webhook = webhook(configuration(""))) {
      assertThat(send(webhook, "/ready", "").statusCode()).isEqualTo(200);

      JsonObject signed = review(webhook, "/mutate", image("signed"));
      assertThat(allowed(signed)).isTrue();
      assertThat(patch(signed))
          .isEqualTo(
              "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":\""
                  + image("signed")
                  + "@"
                  + SIGNED.digest()
                  + "\"}]");

      JsonObject unsigned = review(webhook, "/mutate", image("unsigned"));
      assertThat(allowed(unsigned)).isFalse();
      assertThat(text(unsigned))
          .contains("\"code\":403")
          .contains("error during cosign validation of image " + image("unsigned"))
          .contains("no signatures found");

      assertThat(allowed(review(webhook, "/validate", image("signed") + "@" + SIGNED.digest())))
          .isTrue();
      assertThat(allowed(review(webhook, "/validate", image("signed")))).isFalse();
      assertThat(send(webhook, "/metrics", "").body())
          .contains("connaisseur_requests_total 2")
          .contains("connaisseur_requests_admitted_total 1");
    }
  }

  @Test
  void aNewConfigurationIsTakenAndAWrongOneIsNot() throws Exception {
    Path config = configuration("");
    try (AdmissionWiring webhook = webhook(config)) {
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isFalse();

      Files.writeString(config, "application: [");
      awaitReload(webhook, "kept_last");
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isFalse();
      assertThat(allowed(review(webhook, "/mutate", image("signed")))).isTrue();

      Files.writeString(
          config,
          """
          validators: [{name: default, type: static, approve: true}]
          policy: [{pattern: "*:*"}]
          """);
      awaitReload(webhook, "taken");
      assertThat(allowed(review(webhook, "/mutate", image("unsigned")))).isTrue();
    }
  }

  @Test
  void aSecretThatChangesIsReadAgain() throws Exception {
    Path secret = Files.createDirectories(folder.resolve("secrets/mine"));
    Files.writeString(secret.resolve(".dockerconfigjson"), "{\"auths\":{}}");
    try (AdmissionWiring webhook = webhook(configuration(""))) {
      Files.writeString(secret.resolve(".dockerconfigjson"), "{\"auths\":{} }");

      awaitReload(webhook, "taken");
    }
  }

  /** Asks until it is so. */
  private void awaitReload(AdmissionWiring webhook, String result) throws Exception {
    String line =
        "bulla_admission_reloads_total{what=\"configuration\",result=\"" + result + "\"} 1";
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!send(webhook, "/metrics", "").body().contains(line)) {
      assertThat(Instant.now()).as(line + " " + log).isBefore(end);
    }
  }

  @Test
  void featuresOfTheEnvironmentGoBeforeThoseOfTheConfiguration() throws Exception {
    Path config = configuration("detectionMode: false");
    FeatureSettings detection =
        FeatureSettings.ofEnvironment(Map.of("DETECTION_MODE", "true"), warning -> {});
    try (AdmissionWiring webhook = webhook(config, detection)) {
      JsonObject unsigned = review(webhook, "/mutate", image("unsigned"));
      assertThat(allowed(unsigned)).isTrue();
      assertThat(text(unsigned)).contains("detection mode active");
    }
  }

  @Test
  void aConfigurationWithMistakesIsNotStartedWith() throws Exception {
    Path config = Files.writeString(folder.resolve("c.yaml"), "validators: []\npolicy: []\n");

    assertThatThrownBy(() -> webhook(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Config has 2 errors:");
  }
}
