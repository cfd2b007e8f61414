package dev.bulla.interop;

import dev.bulla.testkit.http.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real API server of Kubernetes with an etcd of its own, as processes of ours. Rights are those
 * of RBAC; there are no nodes, no controllers and no service accounts but those that cells make.
 */
final class KubeServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 5;
  private static final String ADMIN = "t0ken-of-the-administrator";

  private final Workplace place;
  private final Process etcd;
  private final Call start;
  private volatile Process server;
  private final String address;
  private final String authority;
  private final HttpClient http;

  private KubeServer(
      Workplace place, Process etcd, Call start, String address, TestAuthority authority) {
    this.place = place;
    this.etcd = etcd;
    this.start = start;
    this.server = start.start();
    this.address = address;
    this.authority = authority.certificatePem();
    this.http = HttpClient.newBuilder().sslContext(authority.clientContext()).build();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stops kube-apiserver"));
  }

  static KubeServer start(Peers peers) throws IOException, InterruptedException {
    peers.path(Program.KUBE_APISERVER);
    peers.path(Program.ETCD);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Workplace place = Workplace.create(peers);
      TestAuthority authority = TestAuthority.create("cluster");
      TestAuthority.Issued identity = authority.issueServer("127.0.0.1");
      place.write("tls.crt", identity.certificatePem());
      place.write("tls.key", identity.keyPem());
      place.write("tokens.csv", ADMIN + ",admin,1,\"system:masters\"\n");
      place
          .shell(
              "openssl genpkey -algorithm RSA -out sa.key && openssl pkey -in sa.key -pubout -out"
                  + " sa.pub")
          .run()
          .expect(0);
      int port = FreePort.guess();
      String store = "http://127.0.0.1:" + FreePort.guess();
      KubeServer server =
          new KubeServer(
              place,
              etcd(place, store),
              call(place, store, port),
              "https://127.0.0.1:" + port,
              authority);
      if (server.comesUp()) {
        return server;
      }
      server.close();
    }
    throw new AssertionError("kube-apiserver did not come up");
  }

  private static Process etcd(Workplace place, String store) {
    String members = "http://127.0.0.1:" + FreePort.guess();
    return place
        .call(
            Program.ETCD,
            "--data-dir=etcd",
            "--unsafe-no-fsync",
            "--listen-client-urls=" + store,
            "--advertise-client-urls=" + store,
            "--listen-peer-urls=" + members,
            "--initial-advertise-peer-urls=" + members,
            "--initial-cluster=default=" + members)
        .start();
  }

  private static Call call(Workplace place, String store, int port) {
    return place.call(
        Program.KUBE_APISERVER,
        "--etcd-servers=" + store,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--tls-cert-file=tls.crt",
        "--tls-private-key-file=tls.key",
        "--cert-dir=certificates",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-key-file=sa.pub",
        "--service-account-signing-key-file=sa.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount");
  }

  private boolean comesUp() throws InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      for (Process process : List.of(server, etcd)) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
      try {
        if (ask("GET", "/readyz", "").statusCode() == 200) {
          return true;
        }
      } catch (UncheckedIOException e) {
        // not yet
      }
    }
    return false;
  }

  /** Ends the API server, not etcd, and starts it again. */
  void restart() throws InterruptedException {
    Call.stop(server);
    server = start.start();
    if (!comesUp()) {
      throw new AssertionError("kube-apiserver did not come up again");
    }
  }

  /** A kubeconfig for a caller, written as the user of a kubeconfig is: <code>{token: x}</code>. */
  String kubeconfig(String user) {
    return """
    apiVersion: v1
    kind: Config
    current-context: c
    contexts: [{name: c, context: {cluster: c, user: u}}]
    clusters: [{name: c, cluster: {server: "%s", certificate-authority: ca.pem}}]
    users: [{name: u, user: %s}]
    """
        .formatted(address, user);
  }

  /** Puts {@code ca.pem} and a kubeconfig for this caller into the folder. */
  void configure(Workplace caller, String user) {
    caller.write("ca.pem", authority);
    caller.write("kubeconfig", kubeconfig(user));
  }

  /** The caller who may do everything. */
  String administrator() {
    return "{token: " + ADMIN + "}";
  }

  void makeNamespace(String name) {
    makeNamespace(name, "{}");
  }

  /**
   * A namespace with labels.
   *
   * @param labels as JSON
   */
  void makeNamespace(String name, String labels) {
    admin(
        "POST",
        "/api/v1/namespaces",
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s", "labels": %s}}
        """
            .formatted(name, labels));
  }

  /**
   * A service account that may do this to the secrets of its namespace, and nothing else.
   *
   * @param verbs as a role has them: {@code "get", "create"}; empty for no role at all
   * @return its token
   */
  String serviceAccount(String namespace, String name, String verbs) {
    admin(
        "POST",
        "/api/v1/namespaces/" + namespace + "/serviceaccounts",
        """
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "%s"}}
        """
            .formatted(name));
    if (!verbs.isEmpty()) {
      String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
      admin(
          "POST",
          rbac + "/roles",
          """
          {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "%s"},
           "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": [%s]}]}
          """
              .formatted(name, verbs));
      admin(
          "POST",
          rbac + "/rolebindings",
          """
          {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
           "metadata": {"name": "%1$s"},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "%1$s"},
           "subjects": [{"kind": "ServiceAccount", "name": "%1$s", "namespace": "%2$s"}]}
          """
              .formatted(name, namespace));
    }
    return tokenOf(namespace, name);
  }

  /** A token of a service account that is there. */
  String tokenOf(String namespace, String name) {
    String answer =
        admin(
            "POST",
            "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + name + "/token",
            """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
            """);
    return place.jq(".status.token", answer.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** A secret as the server has it. */
  String secret(String namespace, String name) {
    return admin("GET", "/api/v1/namespaces/" + namespace + "/secrets/" + name, "");
  }

  /** What the administrator gets, which must be a success. */
  String admin(String method, String path, String body) {
    HttpResponse<String> answer = ask(method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(method + " " + path + ": " + answer.body());
    }
    return answer.body();
  }

  /** What the administrator is answered. */
  HttpResponse<String> ask(String method, String path, String body) {
    return askAs(ADMIN, method, path, body);
  }

  /** What the owner of a token is answered. */
  HttpResponse<String> askAs(String token, String method, String path, String body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(address + path))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void stop() {
    server.destroy();
    etcd.destroy();
  }

  @Override
  public void close() {
    http.close();
    Call.stop(server);
    Call.stop(etcd);
    place.close();
  }
}
