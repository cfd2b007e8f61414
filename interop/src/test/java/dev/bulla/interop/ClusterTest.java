package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same key pairs in secrets of a real API server, used by bulla and by real cosign. */
@Interop
@DisplayName("a secret of Kubernetes (kube-apiserver)")
final class ClusterTest {

  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private static KubeServer cluster;

  private final Bench bench;

  ClusterTest(Bench bench) {
    this.bench = bench;
  }

  /** Not before all of them: cells that are left out are then named. */
  @BeforeEach
  void start(Bench bench) throws Exception {
    if (cluster == null) {
      cluster = KubeServer.start(bench.peers());
    }
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
      cluster = null; // a cell that failed is asked once more
    }
  }

  private static String namespace() {
    String name = "signing" + NAMESPACES.incrementAndGet();
    cluster.makeNamespace(name);
    return name;
  }

  private static SharedKey key(Workplace place, String reference) {
    return new SharedKey(
        place, Map.of("KUBECONFIG", "kubeconfig", "COSIGN_PASSWORD", "pw"), reference);
  }

  private Image image() {
    return Samples.image(bench.shelf(RegistryKind.OLAREG, "k8s"), "v1");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("dev.bulla.interop.SharedKey#pairs")
  @DisplayName("pair made, image signed, verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) {
    String namespace = namespace();
    cluster.configure(place, cluster.administrator());
    SharedKey key = key(place, "k8s://" + namespace + "/release");
    key.run(maker, "generate-key-pair", key.reference()).expect(0);
    key.worksForBoth(signer, image(), place.read("cosign.pub"));
    assertThat(
            place.jq(
                ".immutable, .type, (.data | keys | join(\" \"))",
                cluster
                    .secret(namespace, "release")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo("true\nOpaque\ncosign.key cosign.password cosign.pub");
  }

  @Test
  @DisplayName("a pair that is there is replaced by nobody")
  void immutable(Workplace place) {
    String namespace = namespace();
    cluster.configure(place, cluster.administrator());
    SharedKey key = key(place, "k8s://" + namespace + "/release");
    key.run(Program.BULLA, "generate-key-pair", key.reference()).expect(0);
    String before = cluster.secret(namespace, "release");
    for (Program program : new Program[] {Program.BULLA, Program.COSIGN3}) {
      key.run(program, "generate-key-pair", key.reference()).expectFailure();
    }
    assertThat(cluster.secret(namespace, "release")).isEqualTo(before);
  }

  @Test
  @DisplayName(
      "the rights of docs/kms.md suffice, with tokens of service accounts; what is missing is named")
  void leastPrivilege(Workplace place) {
    String namespace = namespace();
    SharedKey key = key(place, "k8s://" + namespace + "/release");
    Image image = image();
    String[] make = {"generate-key-pair", key.reference()};
    String[] sign = {"sign", "--key", key.reference(), "--tlog-upload=false", image.byDigest()};
    String[] verify = {
      "verify", "--key", key.reference(), "--insecure-ignore-tlog", image.byDigest()
    };
    String reader = cluster.serviceAccount(namespace, "reader", "\"get\"");
    String maker = cluster.serviceAccount(namespace, "maker", "\"get\", \"create\"");
    String nobody = cluster.serviceAccount(namespace, "nobody", "");

    cluster.configure(place, "{token: " + reader + "}");
    key.run(Program.BULLA, make)
        .expectFailure()
        .expectError("not permitted: create on secrets in namespace " + namespace);
    cluster.configure(place, "{token: " + maker + "}");
    key.run(Program.BULLA, make).expect(0);
    place.write("token", reader + "\n");
    cluster.configure(place, "{tokenFile: token}");
    key.run(Program.BULLA, sign).expect(0);
    key.run(Program.BULLA, verify).expect(0);
    cluster.configure(place, "{token: " + nobody + "}");
    key.run(Program.BULLA, verify)
        .expectFailure()
        .expectError("not permitted: get on secrets in namespace " + namespace);
    cluster.configure(place, "{token: made-up}");
    key.run(Program.BULLA, verify)
        .expectFailure()
        .expectError("the API server does not know the caller");
  }

  @Test
  @DisplayName("a credential plugin gets the token, for both")
  void credentialPlugin(Workplace place) {
    String namespace = namespace();
    String token = cluster.serviceAccount(namespace, "plugged", "\"get\", \"create\"");
    place.write(
        "credential.sh",
        """
        echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",\
         "status": {"token": "%s"}}'
        """
            .formatted(token));
    cluster.configure(
        place,
        """
        {exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh,\
         args: [credential.sh], interactiveMode: Never}}\
        """);
    SharedKey key = key(place, "k8s://" + namespace + "/release");
    key.run(Program.BULLA, "generate-key-pair", key.reference()).expect(0);
    key.worksForBoth(Program.BULLA, image(), place.read("cosign.pub"));
  }
}
