package dev.bulla.admission.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.verify.VerifierOptions;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.kms.KubernetesServer;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A registry that lets in one user, who holds a signed image and another; a cluster; and a webhook
 * whose validator logs in with what pods are pulled with.
 */
final class PrivateImages implements AutoCloseable {

  static final SampleImage SIGNED = SampleImage.image("signed");
  static final SampleImage UNSIGNED = SampleImage.image("unsigned");

  static final String USER = "puller";
  static final String PASSWORD = "pa55-of-the-puller";
  static final String OTHERS = "pa55-of-nobody";

  final EmbeddedRegistry registry;
  final KubernetesServer cluster;
  final Path kubeconfig;
  private final Path folder;
  private final String key;

  PrivateImages(Path folder) throws Exception {
    this(folder, Auth.basic().user(USER, PASSWORD));
  }

  PrivateImages(Path folder, Auth auth) throws Exception {
    this.folder = folder;
    registry = EmbeddedRegistry.start(EmbeddedRegistry.options().auth(auth));
    cluster = KubernetesServer.start("Bearer t0ken", "v1.36.3");
    SIGNED.pushTo(registry.repository("app"), "signed");
    UNSIGNED.pushTo(registry.repository("app"), "unsigned");
    Lines lines =
        new Lines(folder)
            .environment("COSIGN_PASSWORD", "pw")
            .environment("DOCKER_AUTH_CONFIG", config(registry.host(), PASSWORD));
    assertThat(lines.run("generate-key-pair").exit()).isZero();
    Lines.Result signed =
        lines.run("sign", "--key=cosign.key", "--tlog-upload=false", image("signed"));
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    registry.log().clear();
    key = Files.readString(folder.resolve("cosign.pub")).indent(10).stripTrailing();
    kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "%s"}}]
            users: [{name: u, user: {token: t0ken}}]
            """
                .formatted(cluster.address()));
  }

  String image(String tag) {
    return registry.host() + "/app:" + tag;
  }

  /** What docker would write for the user of a registry. */
  static String config(String host, String password) {
    return "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"%s\"}}}"
        .formatted(host, USER, password);
  }

  /** Has a secret from now on. */
  void secret(String namespace, String name, String password) throws Exception {
    secret(namespace, name, "kubernetes.io/dockerconfigjson", config(registry.host(), password));
  }

  void secret(String namespace, String name, String type, String content) throws Exception {
    String member = type.endsWith("json") ? ".dockerconfigjson" : ".dockercfg";
    put(
        namespace,
        "secrets",
        name,
        "{'type':'%s','data':{'%s':'%s'}}"
            .formatted(type, member, Base64Text.encode(Bytes.utf8(content))));
  }

  void account(String namespace, String name, String secret) throws Exception {
    put(namespace, "serviceaccounts", name, "{'imagePullSecrets':[{'name':'" + secret + "'}]}");
  }

  private void put(String namespace, String resource, String name, String object) throws Exception {
    JsonObject parsed = JsonParser.parseObject(Bytes.utf8(object.replace('\'', '"')), "test");
    cluster.put("/api/v1/namespaces/" + namespace + "/" + resource + "/" + name, parsed);
  }

  /** A configuration whose validator has this after {@code auth:}. */
  Path configuration(String auth) throws Exception {
    return Files.writeString(
        folder.resolve("values.yaml"),
        """
        application:
          validators:
          - name: default
            type: cosign
            auth: AUTH
            trustRoots:
            - name: default
              key: |
        KEY
          policy:
          - pattern: "*:*"
            with: {verifyInTransparencyLog: false}
          features: {automaticChildApproval: false}
        """
            .replace("AUTH", auth)
            .replace("KEY", key));
  }

  WholeWebhook webhook() throws Exception {
    return webhook("{usePodPullSecrets: true}", true);
  }

  WholeWebhook webhook(String auth, boolean inCluster) throws Exception {
    return new WholeWebhook(
        folder,
        configuration(auth),
        VerifierOptions.in(Map.of())
            .withHttpRegistries(Set.of(registry.host()))
            .withSecretsDir(folder.resolve("secrets")),
        options -> {
          WebhookOptions shown =
              options.withStatus(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Set.of());
          return inCluster ? shown.withKubeconfig(kubeconfig) : shown;
        });
  }

  /** A pod that names secrets. */
  String pod(String image, String... secrets) {
    return "{'metadata':{'name':'web'},'spec':" + spec(image, secrets) + "}";
  }

  String spec(String image, String... secrets) {
    StringBuilder names = new StringBuilder();
    for (String secret : secrets) {
      names.append(names.isEmpty() ? "" : ",").append("{'name':'" + secret + "'}");
    }
    return "{'containers':[{'image':'" + image + "'}],'imagePullSecrets':[" + names + "]}";
  }

  @Override
  public void close() {
    registry.close();
    cluster.close();
  }
}
