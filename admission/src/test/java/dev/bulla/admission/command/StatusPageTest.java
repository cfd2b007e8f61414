package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page of the whole webhook, over its real port. */
class StatusPageTest {

  private static final String CONFIG =
      """
      validators:
      - {name: allow, type: static, approve: true}
      - {name: deny, type: static, approve: false}
      - name: signed
        type: cosign
        trustRoots:
        - name: default
          key: |
      KEY
      policy:
      - {pattern: "*:*", validator: deny}
      - {pattern: "allowed.example/*:*", validator: allow}
      - {pattern: "never.example/*:*", validator: allow}
      - pattern: "REGISTRY/*:*"
        validator: signed
        with: {verifyInTransparencyLog: false}
      """;

  private static final String EVIL = "<script>alert('x')</script>";

  @TempDir Path folder;

  private final TestAuthority authority = TestAuthority.create("webhook");
  private final List<String> log = new CopyOnWriteArrayList<>();
  private EmbeddedRegistry registry;
  private HttpClient client;
  private Path config;

  @BeforeEach
  void start() throws Exception {
    registry = EmbeddedRegistry.start();
    SampleImage.image("unsigned").pushTo(registry.repository("app"), "1");
    TestAuthority.Issued issued = authority.issueServer("localhost");
    Files.writeString(folder.resolve("tls.crt"), issued.certificatePem());
    Files.writeString(folder.resolve("tls.key"), issued.keyPem());
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(256);
    String key =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(keys.generateKeyPair().getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    config =
        Files.writeString(
            folder.resolve("config.yaml"),
            CONFIG.replace("KEY\n", key.indent(6)).replace("REGISTRY", registry.host()));
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

  private AdmissionWiring webhook() throws Exception {
    return webhook(options ->
        options.withStatus(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Set.of("status.example")));
  }

  private AdmissionWiring webhook(UnaryOperator<WebhookOptions> change) throws Exception {
    ServerOptions server =
        ServerOptions.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("tls.crt"),
                folder.resolve("tls.key"))
            .withLookEvery(Duration.ofMillis(20));
    VerifierOptions verifier =
        VerifierOptions.in(Map.of()).withHttpRegistries(Set.of(registry.host()));
    return AdmissionWiring.start(
        change.apply(WebhookOptions.of(config, server, verifier)),
        new JsonLog(JsonLog.Level.DEBUG, false, InstantSource.system(), log::add));
  }

  private String review(AdmissionWiring webhook, String path, String image) throws Exception {
    return review(webhook, path, image, "alice");
  }

  private String review(AdmissionWiring webhook, String path, String image, String user)
      throws Exception {
    String body =
        ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
                + "'userInfo':{'username':\"USER\",'uid':'user-7'},"
                + "'namespace':'shop','kind':{'group':'','kind':'Pod'},'operation':'CREATE','object':"
                + "{'metadata':{'name':'web'},'spec':{'containers':[{'image':\"IMAGE\"}]}}}}")
            .replace('\'', '"')
            .replace("USER", user)
            .replace("IMAGE", image);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + webhook.address().getPort() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static URI page(AdmissionWiring webhook, String path) {
    return URI.create("http://127.0.0.1:" + webhook.statusAddress().orElseThrow().getPort() + path);
  }

  private HttpResponse<String> get(AdmissionWiring webhook, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(page(webhook, path)).timeout(Duration.ofSeconds(60)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject status(AdmissionWiring webhook) throws Exception {
    return JsonParser.parseObject(Bytes.utf8(get(webhook, "/status.json").body()), "status");
  }

  private String metrics(AdmissionWiring webhook) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(
                    URI.create("https://localhost:" + webhook.address().getPort() + "/metrics"))
                .timeout(Duration.ofSeconds(60))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static List<JsonValue> list(JsonObject in, String name) {
    return ((JsonArray) in.get(name).orElseThrow()).values();
  }

  private static String text(JsonValue in, String name) {
    JsonValue value = ((JsonObject) in).get(name).orElseThrow();
    return value instanceof JsonString string
        ? string.value()
        : new String(GoJson.write(value).toByteArray(), StandardCharsets.UTF_8);
  }

  /** The first member of a list with this text in it. */
  private static JsonObject in(JsonObject whole, String list, String member, String text) {
    for (JsonValue one : list(whole, list)) {
      if (text(one, member).contains(text)) {
        return (JsonObject) one;
      }
    }
    throw new AssertionError(text + " is not in " + whole);
  }

  @Test
  void isNowhereUnlessAskedFor() throws Exception {
    try (AdmissionWiring webhook = webhook(UnaryOperator.identity())) {
      review(webhook, "/mutate", "allowed.example/app:1");

      assertThat(webhook.statusAddress()).isEmpty();
    }
  }

  @Test
  void showsDecisionsRulesRegistriesCacheAndState() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      review(webhook, "/mutate", "allowed.example/app:1");
      review(webhook, "/mutate", "denied.example/app:1");
      review(webhook, "/mutate", registry.host() + "/app:1");

      JsonObject status = status(webhook);
      String html = get(webhook, "/").body();

      assertThat(list(status, "recent")).hasSize(3);
      JsonObject denied = in(status, "recent", "image", "denied.example/app:1");
      assertThat(text(denied, "verdict")).isEqualTo("denied");
      assertThat(text(denied, "rule")).isEqualTo("*:*");
      assertThat(text(denied, "namespace")).isEqualTo("shop");
      assertThat(text(denied, "object")).isEqualTo("Pod/web");
      assertThat(text(denied, "user")).isEqualTo("alice");
      assertThat(text(in(status, "recent", "image", registry.host()), "reason"))
          .contains("no signatures found");
      assertThat(text(in(status, "rules", "pattern", "allowed.example"), "matches")).isEqualTo("1");
      assertThat(text(in(status, "rules", "pattern", "never.example"), "matches")).isEqualTo("0");
      assertThat(text(in(status, "rules", "pattern", "never.example"), "last")).isEqualTo("null");
      JsonObject asked = in(status, "registries", "server", registry.host());
      assertThat(Long.parseLong(text(asked, "calls"))).isPositive();
      assertThat(text(asked, "errors")).isEqualTo("0");
      assertThat(text(status.get("cache").orElseThrow(), "misses")).isEqualTo("1");
      assertThat(text(status.get("cache").orElseThrow(), "shared")).isEqualTo("not shared");
      assertThat(text(status.get("configuration").orElseThrow(), "file")).endsWith("config.yaml");
      assertThat(text(status.get("trust").orElseThrow(), "needed")).isEqualTo("false");
      assertThat(Instant.parse(text(status, "certificateUntil"))).isAfter(Instant.now());
      assertThat(html)
          .contains("allowed.example/app:1", "denied.example/app:1", registry.host() + "/app:1")
          .contains("<tr class=\"never\"><td class=\"name\"><code>never.example/*:*</code>")
          .contains("no signatures found", "config.yaml", "no rule needs any that is fetched");
    }
  }

  @Test
  void foreignTextIsTextAndSecretsAreNowhere() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      review(webhook, "/mutate", "evil.example/" + EVIL, EVIL);

      String html = get(webhook, "/").body();

      assertThat(html).doesNotContain("<script").contains("&lt;script&gt;alert(&#39;x&#39;)");
      assertThat(get(webhook, "/status.json").body()).doesNotContain("<");
    }
  }

  @Test
  void nothingIsFetchedAndNothingRuns() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      HttpResponse<String> page = get(webhook, "/");

      assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
          .startsWith("default-src 'none'; style-src 'sha256-")
          .doesNotContain("unsafe", "script-src", "*");
      assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
      assertThat(page.headers().firstValue("x-frame-options")).contains("DENY");
      assertThat(page.headers().firstValue("cache-control")).contains("no-store");
      assertThat(page.headers().firstValue("access-control-allow-origin")).isEmpty();
      assertThat(page.body()).doesNotContain("<script", "https://", " src=", "@import", "url(");
      assertThat(page.body()).doesNotContain("http-equiv=\"refresh\"");
      assertThat(get(webhook, "/?refresh=10").body())
          .contains("<meta http-equiv=\"refresh\" content=\"10\">");
      assertThat(get(webhook, "/?refresh=0;url=//evil.example").body())
          .doesNotContain("evil.example", "http-equiv=\"refresh\"");
    }
  }

  @Test
  void canOnlyBeRead() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACES")) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(page(webhook, "/"))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(method).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
      }
      assertThat(get(webhook, "/mutate").statusCode()).isEqualTo(404);
      assertThat(get(webhook, "/metrics").statusCode()).isEqualTo(404);
      String head = raw(webhook, "HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
      assertThat(head)
          .startsWith("HTTP/1.1 200 ")
          .contains("Content-Length: ")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void isShownUnderNoNameThatSomebodyElseCanPointHere() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      for (String host :
          List.of(
              "localhost",
              "LOCALHOST:8080",
              "127.0.0.1",
              "10.1.2.3:80",
              "[::1]:8080",
              "status.example:80")) {
        assertThat(asked(webhook, "Host: " + host + "\r\n")).as(host).startsWith("HTTP/1.1 200 ");
      }
      for (String host :
          List.of(
              "evil.example",
              "evil.example:8080",
              "localhost.evil.example",
              "127.0.0.1.evil.example",
              "1.2.3.4.5",
              "[evil.example]",
              "999.999.999.999",
              "[::g]",
              "",
              ":80",
              "a, b",
              "127.0.0.1, evil.example")) {
        assertThat(asked(webhook, "Host: " + host + "\r\n"))
            .as(host)
            .startsWith("HTTP/1.1 403 ")
            .doesNotContain("config.yaml");
      }
      assertThat(asked(webhook, "")).startsWith("HTTP/1.1 403 ");
      assertThat(asked(webhook, "Host: localhost\r\nHost: evil.example\r\n"))
          .startsWith("HTTP/1.1 403 ");
    }
  }

  private static String asked(AdmissionWiring webhook, String headers) throws Exception {
    return raw(webhook, "GET / HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }

  private static String raw(AdmissionWiring webhook, String request) throws Exception {
    InetSocketAddress address = webhook.statusAddress().orElseThrow();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aConfigurationThatIsNotTakenIsShownWithItsFileAndLineUntilItIs() throws Exception {
    String good = Files.readString(config);
    try (AdmissionWiring webhook = webhook()) {
      review(webhook, "/mutate", "allowed.example/app:1");
      Files.writeString(config, good.replace("validator: signed", "validator: nobody"));
      awaitFailure(webhook, true);
      assertThat(text(status(webhook).get("configuration").orElseThrow(), "failure"))
          .contains("config.yaml:", "nobody");
      assertThat(get(webhook, "/").body()).contains("Not taken");
      assertThat(metrics(webhook))
          .contains("bulla_admission_reload_failing{what=\"configuration\"} 1");

      Files.writeString(config, good.replace("never.example", "later.example"));
      awaitFailure(webhook, false);
      assertThat(metrics(webhook))
          .contains("bulla_admission_reload_failing{what=\"configuration\"} 0");
      JsonObject status = status(webhook);
      assertThat(text(in(status, "rules", "pattern", "allowed.example"), "matches"))
          .as("kept for a pattern that stays")
          .isEqualTo("1");
      assertThat(text(in(status, "rules", "pattern", "later.example"), "matches")).isEqualTo("0");
    }
  }

  private void awaitFailure(AdmissionWiring webhook, boolean there) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (text(status(webhook).get("configuration").orElseThrow(), "failure").equals("null")
        == there) {
      assertThat(Instant.now()).as(log.toString()).isBefore(end);
    }
  }

  @Test
  void metricsCountCallsOfRegistriesByNamesOfTheConfigurationOnly() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      review(webhook, "/mutate", registry.host() + "/app:1");

      assertThat(metrics(webhook))
          .contains(
              "bulla_admission_registry_calls_total{registry=\""
                  + registry.host()
                  + "\",code=\"200\"} ")
          .containsPattern(
              "bulla_admission_registry_call_duration_seconds_count\\{registry=\""
                  + registry.host()
                  + "\"} [1-9]")
          .contains("bulla_admission_registry_calls_in_flight ")
          .contains("bulla_admission_cache_lookups_total{result=\"miss\"} 1")
          .containsPattern("bulla_admission_certificate_expiry_timestamp_seconds [12]\\d{9}")
          .containsPattern("jvm_memory_used_bytes\\{area=\"heap\"} [1-9]")
          .containsPattern("jvm_threads_current [1-9]")
          .containsPattern("jvm_gc_collections_total\\{gc=\"[^\"]+\"} \\d")
          .doesNotContainPattern("(?m)^bulla_admission_trust_root_age_seconds ")
          .doesNotContain("NaN");
    }
  }

  @Test
  void whoHoldsConnectionsKeepsNeitherReadersNorProbesOut() throws Exception {
    List<Socket> held = new ArrayList<>();
    try (AdmissionWiring webhook = webhook()) {
      InetSocketAddress address = webhook.statusAddress().orElseThrow();
      for (int i = 0; i < 60; i++) {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        held.add(socket);
        socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
      }

      assertThat(get(webhook, "/").statusCode()).isEqualTo(200);
      assertThat(metrics(webhook)).contains("bulla_admission_reviews_total");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  @Test
  void theReviewsOfOnePathCountSoThatNoneCountsTwice() throws Exception {
    try (AdmissionWiring webhook = webhook(UnaryOperator.identity())) {
      review(webhook, "/mutate", "allowed.example/app:1");
      review(webhook, "/validate", "allowed.example/app:1");
      assertThat(metrics(webhook))
          .as(log.toString())
          .contains("connaisseur_requests_total 1", "connaisseur_requests_admitted_total 1");
    }
    try (AdmissionWiring webhook = webhook(options -> options.withCounted("/validate"))) {
      review(webhook, "/validate", "allowed.example/app:1");
      review(webhook, "/validate", "denied.example/app:1");
      assertThat(metrics(webhook))
          .contains(
              "connaisseur_requests_total 2",
              "connaisseur_requests_admitted_total 1",
              "connaisseur_requests_denied_total{timeout=\"false\"} 1");
    }
  }

  @Test
  void theLogNamesWhoAskedAndEachSignaturesFate() throws Exception {
    try (AdmissionWiring webhook = webhook()) {
      review(webhook, "/mutate", "denied.example/app:1", "eve\\n{}" + "x".repeat(5000));

      String event =
          log.stream().filter(line -> line.contains("denied a request")).findFirst().orElseThrow();
      assertThat(event).contains("\"user\":\"eve\\\\n{}x").contains("\"userUid\":\"user-7\"");
      assertThat(event).doesNotContain("x".repeat(300));
    }
  }
}
