package dev.bulla.admission.command;

import static dev.bulla.admission.Answers.allowed;
import static dev.bulla.admission.Answers.patch;
import static dev.bulla.admission.Answers.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** A registry, images that the command signs there, and the webhook as serve puts it together. */
final class ServedImages implements AutoCloseable {

  static final SampleImage SIGNED = SampleImage.image("signed");
  static final SampleImage UNSIGNED = SampleImage.image("unsigned");

  final TestAuthority authority = TestAuthority.create("webhook");
  final EmbeddedRegistry registry;
  final List<String> log = new CopyOnWriteArrayList<>();
  private final Path folder;
  private final Lines lines;
  private final Map<String, String> environment = new HashMap<>();
  private HttpClient client;

  /** With the signed image and the other in a registry that asks nobody who they are. */
  ServedImages(Path folder) throws IOException {
    this(folder, EmbeddedRegistry.options());
  }

  ServedImages(Path folder, EmbeddedRegistry.Options options) throws IOException {
    this.folder = folder;
    registry = EmbeddedRegistry.start(options);
    SIGNED.pushTo(registry.repository("app"), "signed");
    UNSIGNED.pushTo(registry.repository("app"), "unsigned");
    lines = new Lines(folder).environment("COSIGN_PASSWORD", "pw");
    TestAuthority.Issued issued = authority.issueServer("localhost");
    lines.file("tls.crt", issued.certificatePem()).file("tls.key", issued.keyPem());
    client = client(authority.clientContext());
  }

  private static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  /** For the command and the webhook. */
  ServedImages environment(String name, String value) {
    lines.environment(name, value);
    environment.put(name, value);
    return this;
  }

  /** Runs a command that has to succeed. */
  Lines.Result run(String... line) {
    Lines.Result result = lines.run(line);
    assertThat(result.exit()).as(result.stderr()).isZero();
    return result;
  }

  /** Makes the key pair {@code cosign.key} and signs the one image with it. */
  ServedImages signed() {
    run("generate-key-pair");
    run("sign", "--key", "cosign.key", "--tlog-upload=false", image("signed"));
    return this;
  }

  String image(String tag) {
    return registry.host() + "/app:" + tag;
  }

  /** The public key of {@code cosign.key} as a trust root has it. */
  String publicKey() throws IOException {
    return "|\n" + Files.readString(folder.resolve("cosign.pub")).indent(8).stripTrailing();
  }

  /**
   * A configuration that asks for one key.
   *
   * @param key as it stands behind {@code key:}
   * @param login a line of the validator, or nothing
   */
  Path configuration(String key, String login, String features) throws IOException {
    return Files.writeString(
        folder.resolve("values.yaml"),
        """
        application:
          validators:
          - name: default
            type: cosign
            LOGIN
            trustRoots:
            - name: default
              key: KEY
          policy:
          - pattern: "*:*"
            with: {verifyInTransparencyLog: false}
          features: {automaticChildApproval: true, FEATURES}
        """
            .replace("KEY", key)
            .replace("LOGIN", login)
            .replace("FEATURES", features));
  }

  AdmissionWiring webhook(Path config) throws Exception {
    return webhook(config, UnaryOperator.identity());
  }

  AdmissionWiring webhook(Path config, FeatureSettings features) throws Exception {
    return webhook(config, options -> options.withFeatures(features));
  }

  AdmissionWiring webhook(Path config, UnaryOperator<WebhookOptions> more) throws Exception {
    return webhook(config, UnaryOperator.identity(), more);
  }

  AdmissionWiring webhook(
      Path config, UnaryOperator<ServerOptions> serving, UnaryOperator<WebhookOptions> more)
      throws Exception {
    ServerOptions server =
        ServerOptions.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("tls.crt"),
                folder.resolve("tls.key"))
            .withLookEvery(Duration.ofMillis(20));
    VerifierOptions verifier =
        VerifierOptions.in(environment)
            .withHttpRegistries(Set.of(registry.host()))
            .withSecretsDir(folder.resolve("secrets"));
    return AdmissionWiring.start(
        more.apply(WebhookOptions.of(config, serving.apply(server), verifier)),
        new JsonLog(JsonLog.Level.DEBUG, false, InstantSource.system(), log::add));
  }

  /** From now on the webhook's client shows a certificate. */
  void identify(TestAuthority.Issued identity) {
    client.close();
    client = client(authority.context(identity));
  }

  HttpResponse<String> send(AdmissionWiring webhook, String path, String body) throws Exception {
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

  /** A review of a new pod with one image. */
  static String pod(String image) {
    return ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
            + "'namespace':'shop','kind':{'group':'','kind':'Pod'},'operation':'CREATE','object':"
            + "{'metadata':{'name':'web'},'spec':{'containers':[{'image':'"
            + image
            + "'}]}}}}")
        .replace('\'', '"');
  }

  JsonObject review(AdmissionWiring webhook, String path, String image) throws Exception {
    HttpResponse<String> response = send(webhook, path, pod(image));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return (JsonObject)
        JsonParser.parseObject(Bytes.utf8(response.body()), "answer").get("response").orElseThrow();
  }

  /** The signed image is pinned to its digest, the other denied because nobody signed it. */
  void assertSignaturesDecide(AdmissionWiring webhook) throws Exception {
    JsonObject signed = review(webhook, "/mutate", image("signed"));
    assertThat(allowed(signed)).as(text(signed)).isTrue();
    assertThat(patch(signed)).contains(image("signed") + "@" + SIGNED.digest());
    JsonObject unsigned = review(webhook, "/mutate", image("unsigned"));
    assertThat(allowed(unsigned)).isFalse();
    assertThat(text(unsigned)).contains("no signatures found");
  }

  @Override
  public void close() {
    client.close();
    registry.close();
  }
}
