package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * {@code auth.usePodPullSecrets}: secrets of a real API server, read with the rights that the chart
 * gives, open images on a real registry that lets in only who has the password.
 */
@Interop
@DisplayName("pull secrets of pods (kube-apiserver)")
final class PullSecretsTest {

  private static final String GUARDED = "{\"guarded-by\": \"pulls\"}";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/";
  private static final String SECRET = "registry-login";

  private final Bench bench;

  PullSecretsTest(Bench bench) {
    this.bench = bench;
  }

  @Test
  @DisplayName("each namespace comes in with its own secret, and with nobody else's")
  void eachWithItsOwn(Workplace place) throws Exception {
    Path authority = SecuredRegistry.authority(place);
    try (SecuredRegistry registry =
            SecuredRegistry.start(bench.peers(), authority, SecuredRegistry.passwords(), false);
        KubeServer cluster = KubeServer.start(bench.peers())) {
      String signed = registry.host() + "/team/app:v1";
      push(place, registry, signed, registry.host() + "/team/other:v1");
      String right = login(registry, SecuredRegistry.PASSWORD);
      String wrong = login(registry, "wrong-" + SecuredRegistry.PASSWORD);
      cluster.makeNamespace("door");
      String token = cluster.serviceAccount("door", "webhook", "");
      for (String namespace : List.of("pod", "account", "wrong", "none", "closed")) {
        cluster.makeNamespace(namespace, GUARDED);
        account(cluster, namespace, namespace.equals("account") ? SECRET : "");
        if (!namespace.equals("closed")) {
          mayRead(cluster, namespace);
        }
        if (!namespace.equals("none")) {
          secret(cluster, "POST", namespace, namespace.equals("wrong") ? wrong : right);
        }
      }
      cluster.configure(place, "{token: " + token + "}");
      try (Webhook webhook =
          Webhook.start(
              bench.peers(),
              configuration(Files.readString(authority)),
              "127.0.0.1:1",
              Map.of(),
              place.folder().resolve("kubeconfig").toString(),
              List.of("--allow-inner-registry=" + registry.host()))) {
        Registration.of("pulls", webhook, "/mutate", "pulls").mutating(cluster, "IfNeeded");
        Registration.of("pulls", webhook, "/validate", "pulls").validating(cluster);
        Registration.await(cluster, webhook, "pod", KubeKind.containers("allowed.example/any:1"));

        assertThat(created(cluster, place, "pod", signed, SECRET)).contains("v1@sha256:");
        assertThat(created(cluster, place, "account", signed, "")).contains("v1@sha256:");
        // what they found out is not for others
        assertThat(created(cluster, place, "wrong", signed, SECRET))
            .contains("tried with the pull secrets " + SECRET);
        assertThat(created(cluster, place, "none", signed, ""))
            .contains("neither the pod nor its service account names pull secrets");
        assertThat(created(cluster, place, "closed", signed, SECRET))
            .contains("get on secrets in namespace closed")
            .contains("kubernetes.podPullSecrets.namespaces");
        // let in, and not signed
        assertThat(created(cluster, place, "pod", registry.host() + "/team/other:v1", SECRET))
            .contains("no signatures found");

        secret(cluster, "PUT", "wrong", right);
        assertThat(created(cluster, place, "wrong", signed, SECRET)).contains("v1@sha256:");

        String basic = basic(SecuredRegistry.PASSWORD);
        assertThat(webhook.log() + webhook.metrics())
            .doesNotContain(SecuredRegistry.PASSWORD)
            .doesNotContain(basic);
      }
    }
  }

  private void push(Workplace place, SecuredRegistry registry, String signed, String unsigned)
      throws IOException {
    Files.writeString(
        place.root().resolve("docker/config.json"), login(registry, SecuredRegistry.PASSWORD));
    Shelf shelf = bench.shelf(RegistryKind.DOCKER_REGISTRY, "pulls");
    call(place, registry, Program.CRANE, "copy", Samples.image(shelf, "v1").byTag(), signed);
    call(place, registry, Program.CRANE, "copy", Samples.image(shelf, "v2").byTag(), unsigned);
    call(
        place,
        registry,
        Program.COSIGN3,
        "sign",
        "--yes",
        "--key=" + bench.keys().generatedBy(Program.COSIGN3).key(),
        "--signing-config=" + bench.keys().emptySigningConfig(),
        signed);
  }

  private static void call(
      Workplace place, SecuredRegistry registry, Program program, String... line) {
    place.call(program, line).env("SSL_CERT_FILE", registry.authority().toString()).run().expect(0);
  }

  private String configuration(String authority) {
    String key =
        new String(bench.keys().generatedBy(Program.COSIGN3).publicPem(), StandardCharsets.UTF_8);
    return """
    validators:
    - name: allow
      type: static
      approve: true
    - name: private
      type: cosign
      auth: {usePodPullSecrets: true}
      cert: |
    %s  trustRoots:
      - name: default
        key: |
    %spolicy:
    - pattern: "*:*"
      validator: private
      with: {verifyInTransparencyLog: false}
    - pattern: "allowed.example/*"
      validator: allow
    """
        .formatted(authority.indent(4), key.indent(6));
  }

  private static String basic(String password) {
    return Base64.getEncoder()
        .encodeToString(("alice:" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** As docker writes it. */
  private static String login(SecuredRegistry registry, String password) {
    return "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"" + basic(password) + "\"}}}";
  }

  private static void secret(KubeServer cluster, String method, String namespace, String login) {
    String all = "/api/v1/namespaces/" + namespace + "/secrets";
    cluster.admin(
        method,
        method.equals("PUT") ? all + "/" + SECRET : all,
        """
        {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
         "metadata": {"name": "%s"}, "data": {".dockerconfigjson": "%s"}}
        """
            .formatted(
                SECRET,
                Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))));
  }

  /** The account of pods that name none; there is no controller that makes it. */
  private static void account(KubeServer cluster, String namespace, String secret) {
    cluster.admin(
        "POST",
        "/api/v1/namespaces/" + namespace + "/serviceaccounts",
        """
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"},
         "imagePullSecrets": [%s]}
        """
            .formatted(secret.isEmpty() ? "" : "{\"name\": \"" + secret + "\"}"));
  }

  /** The rights that the chart gives in the namespaces that its values name. */
  private static void mayRead(KubeServer cluster, String namespace) {
    cluster.admin(
        "POST",
        RBAC + namespace + "/roles",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"name": "pulls"}, "rules": [
          {"apiGroups": [""], "resources": ["secrets", "serviceaccounts"], "verbs": ["get"]}]}
        """);
    cluster.admin(
        "POST",
        RBAC + namespace + "/rolebindings",
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"name": "pulls"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "pulls"},
         "subjects": [{"kind": "ServiceAccount", "name": "webhook", "namespace": "door"}]}
        """);
  }

  /**
   * What becomes of a new pod: the image that is stored, or why it is denied.
   *
   * @param secret that the pod names; empty for none
   */
  private static String created(
      KubeServer cluster, Workplace place, String namespace, String image, String secret) {
    String spec =
        KubeKind.containers(image)
            .replaceFirst(
                "\\{",
                secret.isEmpty()
                    ? "{"
                    : "{\"imagePullSecrets\": [{\"name\": \"" + secret + "\"}], ");
    String pod = KubeKind.POD.object("p", "", spec);
    String answer =
        cluster.ask("POST", KubeKind.POD.collection(namespace) + "?dryRun=All", pod).body();
    return place.jq(
        "if .kind == \"Pod\" then .spec.containers[0].image else .message end",
        answer.getBytes(StandardCharsets.UTF_8));
  }
}
