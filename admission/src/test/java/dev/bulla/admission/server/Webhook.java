package dev.bulla.admission.server;

import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.http.HttpLimits;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ParsingRoom;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/** A webhook over real TLS, with rules of its own and a verifier that says what the test wants. */
final class Webhook implements AutoCloseable {

  static final String CONFIG =
      """
      validators:
      - {name: allow, type: static, approve: true}
      - {name: deny, type: static, approve: false}
      - name: mine
        type: cosign
        trustRoots: [{name: default, key: "k8s://a/b"}]
      policy:
      - {pattern: "*:*", validator: deny}
      - {pattern: "allowed.io/*", validator: allow}
      - {pattern: "docker.io/library/allowed", validator: allow}
      - {pattern: "signed.io/*", validator: mine}
      - {pattern: "securesystemsengineering/*", validator: mine}
      - {pattern: "watched.io/*", validator: mine, with: {mode: insecureValidateOnly}}
      """;

  final TestAuthority authority = TestAuthority.create("webhook");
  Metrics metrics = new Metrics();
  final List<String> log = new CopyOnWriteArrayList<>();
  final Path folder;
  volatile boolean ready = true;
  volatile ReviewListener listener = ReviewListener.NONE;
  private AdmissionServer server;
  private HttpClient client;

  Webhook(Path folder) throws Exception {
    this.folder = folder;
    write(authority.issueServer("localhost"));
  }

  /** Puts a certificate where the server looks. */
  void write(TestAuthority.Issued issued) throws IOException {
    Files.writeString(folder.resolve("tls.crt"), issued.certificatePem());
    Files.writeString(folder.resolve("tls.key"), issued.keyPem());
  }

  Webhook start(Features features, ImageVerifier verifier) throws Exception {
    return start(features, verifier, Announcer.NONE, UnaryOperator.identity());
  }

  Webhook start(
      Features features,
      ImageVerifier verifier,
      Announcer announcer,
      UnaryOperator<ServerOptions> change)
      throws Exception {
    return start(features, verifier, announcer, change, HttpLimits.DEFAULT);
  }

  Webhook start(
      Features features,
      ImageVerifier verifier,
      Announcer announcer,
      UnaryOperator<ServerOptions> change,
      HttpLimits limits)
      throws Exception {
    Decider decider =
        new Decider(
            ConfigLoader.load(CONFIG, "config.yaml"),
            features,
            metrics.measured(verifier),
            InstantSource.system());
    ServerOptions options =
        ServerOptions.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder.resolve("tls.crt"),
            folder.resolve("tls.key"));
    JsonLog json = new JsonLog(JsonLog.Level.DEBUG, false, InstantSource.system(), log::add);
    server =
        AdmissionServer.start(
            change.apply(options),
            new AdmissionServer.Parts(
                () -> decider, metrics, json, announcer, listener, () -> ready),
            limits,
            new ParsingRoom(0));
    client = client(authority.clientContext());
    return this;
  }

  AdmissionServer server() {
    return server;
  }

  static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder()
        .sslContext(context)
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(30))
        .build();
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + server.address().getPort() + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  HttpResponse<String> post(String path, String type, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** The {@code response} of the review that answers one. */
  JsonObject review(String path, String body) throws Exception {
    HttpResponse<String> response = post(path, "application/json", body);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    JsonObject review = JsonParser.parseObject(Bytes.utf8(response.body()), "answer");
    return (JsonObject) review.get("response").orElseThrow();
  }

  JsonObject mutate(String body) throws Exception {
    return review("/mutate", body);
  }

  /** A review about an object, with single quotes for double ones. */
  static String request(String operation, String kind, String object, String old) {
    return request(operation, kind, object, old, false);
  }

  static String request(String operation, String kind, String object, String old, boolean dryRun) {
    String group =
        switch (kind) {
          case "Pod" -> "";
          case "Job", "CronJob" -> "batch";
          case "Role" -> "rbac.authorization.k8s.io";
          default -> "apps";
        };
    return ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
            + "'namespace':'shop','dryRun':"
            + dryRun
            + ",'kind':{'group':'"
            + group
            + "','kind':'"
            + kind
            + "'},'operation':'"
            + operation
            + "','object':"
            + object
            + ",'oldObject':"
            + old
            + "}}")
        .replace('\'', '"');
  }

  /** A review about a new pod with these images. */
  static String pod(String... images) {
    return request("CREATE", "Pod", podObject(images), "null");
  }

  static String podObject(String... images) {
    StringBuilder containers = new StringBuilder();
    for (String image : images) {
      containers.append(containers.isEmpty() ? "" : ",").append("{'image':'" + image + "'}");
    }
    return "{'metadata':{'name':'web'},'spec':{'containers':[" + containers + "]}}";
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (client != null) {
      client.close();
    }
  }
}
