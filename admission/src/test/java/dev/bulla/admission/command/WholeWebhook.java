package dev.bulla.admission.command;

import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.http.TestAuthority;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** The whole webhook over real TLS, and a client of it. */
final class WholeWebhook implements AutoCloseable {

  final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient client;
  private final AdmissionWiring wiring;

  /**
   * Starts it.
   *
   * @param folder for its certificate
   */
  WholeWebhook(Path folder, Path config, VerifierOptions verifier) throws Exception {
    this(folder, config, verifier, UnaryOperator.identity());
  }

  WholeWebhook(
      Path folder, Path config, VerifierOptions verifier, UnaryOperator<WebhookOptions> change)
      throws Exception {
    TestAuthority authority = TestAuthority.create("webhook");
    TestAuthority.Issued issued = authority.issueServer("localhost");
    ServerOptions server =
        ServerOptions.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Files.writeString(folder.resolve("tls.crt"), issued.certificatePem()),
                Files.writeString(folder.resolve("tls.key"), issued.keyPem()))
            .withLookEvery(Duration.ofMillis(20));
    this.wiring =
        AdmissionWiring.start(
            change.apply(WebhookOptions.of(config, server, verifier)),
            new JsonLog(JsonLog.Level.DEBUG, false, InstantSource.system(), log::add));
    this.client =
        HttpClient.newBuilder()
            .sslContext(authority.clientContext())
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  private String send(String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + wiring.address().getPort() + path))
            .timeout(Duration.ofSeconds(60));
    if (!body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /** What is said about a new pod with this image: nothing, or why it is denied. */
  String denial(String image) throws Exception {
    return denial(
        "/mutate",
        "",
        "Pod",
        "{'metadata':{'name':'web'},'spec':{'containers':[{'image':'" + image + "'}]}}");
  }

  /**
   * What is said about a new object: nothing, or why it is denied.
   *
   * @param object with single quotes for double ones
   */
  String denial(String path, String group, String kind, String object) throws Exception {
    return denialIn("shop", path, group, kind, object);
  }

  /** The same in another namespace. */
  String denialIn(String namespace, String path, String group, String kind, String object)
      throws Exception {
    String body =
        ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
                + "'namespace':'%s','kind':{'group':'%s','kind':'%s'},'operation':'CREATE',"
                + "'object':%s}}")
            .formatted(namespace, group, kind, object)
            .replace('\'', '"');
    JsonObject response =
        (JsonObject)
            JsonParser.parseObject(Bytes.utf8(send(path, body)), "answer")
                .get("response")
                .orElseThrow();
    return response.get("allowed").orElseThrow().equals(JsonBoolean.TRUE)
        ? ""
        : GoJson.write(response).toUtf8String("answer");
  }

  /** The status page, where there is one. */
  String statusPage() throws Exception {
    URI page =
        URI.create("http://127.0.0.1:" + wiring.statusAddress().orElseThrow().getPort() + "/");
    return client
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  String metrics() throws Exception {
    return send("/metrics", "");
  }

  /** Asks until the configuration was read again so many times with this result. */
  void awaitReload(String result, int times) throws Exception {
    String line =
        "bulla_admission_reloads_total{what=\"configuration\",result=\""
            + result
            + "\"} "
            + times
            + "\n";
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!metrics().contains(line)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(line + log);
      }
    }
  }

  @Override
  public void close() {
    client.close();
    wiring.close();
  }
}
