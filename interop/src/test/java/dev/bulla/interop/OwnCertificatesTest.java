package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.tls.SelfIssued;
import dev.bulla.bytes.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The webhook makes its certificates, and a real API server believes each of them in time. */
@Interop
@DisplayName("certificates of the webhook's own (kube-apiserver)")
final class OwnCertificatesTest {

  private static final String HOOKS = "/apis/admissionregistration.k8s.io/v1/";
  private static final String SECRETS = "/api/v1/namespaces/door/secrets";
  private static final String POD =
      KubeKind.POD.object("p", "", KubeKind.containers("allowed.example/any:1"));
  private static final List<String> KINDS = List.of("mutating", "validating");

  private final Bench bench;

  OwnCertificatesTest(Bench bench) {
    this.bench = bench;
  }

  /** One process, with probes in plain text so that no certificate is needed to ask them. */
  private static final class Replica implements AutoCloseable {
    private final Workplace place;
    private final Call call;
    private final int port = FreePort.guess();
    private final int probes = FreePort.guess();
    private Process process;

    Replica(KubeServer cluster, Peers peers, String token) {
      place = Workplace.create(peers);
      cluster.configure(place, "{token: " + token + "}");
      place.write(
          "config.yaml",
          """
          validators:
          - {name: allow, type: static, approve: true}
          policy:
          - {pattern: "allowed.example/*", validator: allow}
          """);
      call =
          place.call(
              Program.BULLA,
              "admission",
              "serve",
              "--config=config.yaml",
              "--kubeconfig=kubeconfig",
              "--listen=127.0.0.1:" + port,
              "--metrics-listen=127.0.0.1:" + probes,
              "--look-every=1s",
              "--lame-duck=0s",
              "--self-issued-tls=door/certificates",
              "--tls-name=127.0.0.1",
              "--registration=mutating/door",
              "--registration=validating/door",
              "--tls-overlap=10s");
      process = call.start();
    }

    String url(String path) {
      return "https://127.0.0.1:" + port + path;
    }

    boolean isReady() throws InterruptedException {
      try (HttpClient http = HttpClient.newHttpClient()) {
        return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + probes + "/ready"))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode()
            == 200;
      } catch (IOException e) {
        return false;
      }
    }

    /** The certificate that it shows to who connects now, in PEM. */
    String shown() {
      return place
          .shell(
              "openssl s_client -connect 127.0.0.1:"
                  + port
                  + " </dev/null 2>/dev/null | openssl x509 || :")
          .run()
          .text();
    }

    void restart() throws InterruptedException {
      Call.stop(process);
      process = call.start();
      Registration.await(this::isReady);
    }

    @Override
    public void close() {
      Call.stop(process);
      place.close();
    }
  }

  private static Map<String, Bytes> made(Duration ago) throws Exception {
    return new SelfIssued(List.of("127.0.0.1"), SelfIssued.OVERLAP)
        .renewed(Map.of(), Instant.now().minus(ago), next -> true);
  }

  private static String encoded(Map<String, Bytes> members, String name) {
    return Base64.getEncoder().encodeToString(members.get(name).toByteArray());
  }

  private static void store(KubeServer cluster, Map<String, Bytes> members) {
    cluster.admin(
        "POST",
        SECRETS,
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "certificates"}, "data": {%s}}
        """
            .formatted(
                members.entrySet().stream()
                    .map(member ->
                        "\"%s\": \"%s\""
                            .formatted(member.getKey(), encoded(members, member.getKey())))
                    .collect(Collectors.joining(", "))));
  }

  /** As the chart does: no more than these two verbs on these two names. */
  private static String account(KubeServer cluster) {
    String token = cluster.serviceAccount("door", "webhook", "\"get\", \"update\"");
    cluster.admin(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
         "metadata": {"name": "door"},
         "rules": [{"apiGroups": ["admissionregistration.k8s.io"], "verbs": ["get", "patch"],
                    "resources": ["mutatingwebhookconfigurations",
                                  "validatingwebhookconfigurations"],
                    "resourceNames": ["door"]}]}
        """);
    cluster.admin(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
         "metadata": {"name": "door"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "door"},
         "subjects": [{"kind": "ServiceAccount", "name": "webhook", "namespace": "door"}]}
        """);
    return token;
  }

  /** Nothing in it says whom to believe: that is for the webhook to say. */
  private static void register(KubeServer cluster, String kind, String url) {
    cluster.admin(
        "POST",
        HOOKS + kind + "webhookconfigurations",
        """
        {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "%s",
         "metadata": {"name": "door"},
         "webhooks": [{"name": "door.bulla.test", "sideEffects": "None", "timeoutSeconds": 30,
           "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
           "namespaceSelector": {"matchLabels": {"guarded": "yes"}},
           "clientConfig": {"url": "%s"},
           "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                      "resources": ["pods"]}]}]}
        """
            .formatted(
                (kind.startsWith("m") ? "Mutating" : "Validating") + "WebhookConfiguration", url));
  }

  private static String member(Workplace place, KubeServer cluster, String name) {
    return place.jq(
        ".data[\"" + name + "\"]",
        cluster.secret("door", "certificates").getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static void change(Workplace place, KubeServer cluster, String name, String value) {
    cluster.admin(
        "PUT",
        SECRETS + "/certificates",
        place.jq(
            ".data[\"" + name + "\"] = \"" + value + "\"",
            cluster.secret("door", "certificates").getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpResponse<String> create(KubeServer cluster, String pod) {
    return cluster.ask("POST", KubeKind.POD.collection("guarded") + "?dryRun=All", pod);
  }

  private static int believed(Workplace place, KubeServer cluster, String kind) {
    String registration = cluster.admin("GET", HOOKS + kind + "webhookconfigurations/door", "");
    String bundle =
        place.jq(
            ".webhooks[0].clientConfig.caBundle // \"\" | @base64d",
            registration.getBytes(StandardCharsets.UTF_8));
    return bundle.split("BEGIN CERTIFICATE", -1).length - 1;
  }

  @Test
  @DisplayName("a new authority follows the old one under load, and no review fails")
  void rotates(Workplace place) throws Exception {
    try (KubeServer cluster = KubeServer.start(bench.peers())) {
      cluster.makeNamespace("door");
      cluster.makeNamespace("guarded", "{\"guarded\": \"yes\"}");
      // the second one signs; the first is believed as well, and its time is nearly over
      Map<String, Bytes> first = made(Duration.ofDays(2500));
      Map<String, Bytes> second = made(Duration.ZERO);
      Map<String, Bytes> members = new HashMap<>(second);
      members.put("ca.crt", Bytes.concat(first.get("ca.crt"), second.get("ca.crt")));
      store(cluster, members);
      String token = account(cluster);
      try (Replica one = new Replica(cluster, bench.peers(), token);
          Replica two = new Replica(cluster, bench.peers(), token)) {
        register(cluster, "mutating", one.url("/mutate"));
        register(cluster, "validating", two.url("/validate"));
        Registration.await(() -> create(cluster, POD).statusCode() == 201);
        List<String> failed = new CopyOnWriteArrayList<>();
        AtomicInteger reviews = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        List<Thread> load = load(cluster, failed, reviews, enough);
        try {
          // the first signs now, so it is to be followed at once
          change(place, cluster, "ca.key", encoded(first, "ca.key"));
          Registration.await(() -> {
            String key = member(place, cluster, "ca.key");
            return !key.equals(encoded(first, "ca.key"));
          });
          String shown = decoded(member(place, cluster, "tls.crt"));
          Registration.await(() -> one.shown().equals(shown) && two.shown().equals(shown));
          int renewed = reviews.get();
          Registration.await(() -> reviews.get() > renewed + 20);
        } finally {
          enough.set(true);
          for (Thread thread : load) {
            thread.join();
          }
        }
        assertThat(failed).filteredOn(answer -> !isSlowMachine(answer)).isEmpty();
        for (String kind : KINDS) {
          assertThat(believed(place, cluster, kind)).as(kind).isEqualTo(3);
        }

        // connections of before are gone with the processes: both are believed anew
        one.restart();
        two.restart();
        assertThat(create(cluster, POD).statusCode()).isEqualTo(201);
        assertThat(
                create(
                        cluster,
                        KubeKind.POD.object("q", "", KubeKind.containers("other.example/any:1")))
                    .body())
            .contains("door.bulla.test")
            .contains("denied the request");
      }
    }
  }

  /** Whoever does not believe a certificate says so; a machine with too much to do is slow. */
  private static boolean isSlowMachine(String answer) {
    return answer.contains("TLS handshake timeout") || answer.contains("deadline exceeded");
  }

  private static List<Thread> load(
      KubeServer cluster, List<String> failed, AtomicInteger reviews, AtomicBoolean enough) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                while (!enough.get()) {
                  HttpResponse<String> answer = create(cluster, POD);
                  if (answer.statusCode() != 201) {
                    failed.add(answer.body());
                  }
                  reviews.incrementAndGet();
                }
              }));
    }
    return threads;
  }

  @Test
  @DisplayName(
      "from nothing: the first replica makes the secret and fills what the API server believes")
  void beginsFromNothing(Workplace place) throws Exception {
    try (KubeServer cluster = KubeServer.start(bench.peers())) {
      cluster.makeNamespace("door");
      cluster.makeNamespace("guarded", "{\"guarded\": \"yes\"}");
      // empty, as the chart makes it, so that nobody needs the right to make secrets
      store(cluster, Map.of());
      try (Replica one = new Replica(cluster, bench.peers(), account(cluster))) {
        register(cluster, "mutating", one.url("/mutate"));
        Registration.await(() -> create(cluster, POD).statusCode() == 201);
        assertThat(believed(place, cluster, "mutating")).isEqualTo(1);
        assertThat(
                place.jq(
                    ".data | keys | join(\" \")",
                    cluster
                        .admin("GET", SECRETS + "/certificates", "")
                        .getBytes(StandardCharsets.UTF_8)))
            .isEqualTo("ca.crt ca.key tls.crt tls.key");
      }
    }
  }
}
