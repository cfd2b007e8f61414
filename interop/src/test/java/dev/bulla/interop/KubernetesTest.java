package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.KubernetesServer;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same key pairs in secrets, which the double of an API server keeps, used by bulla and by real
 * cosign.
 */
@Interop
@DisplayName("a secret of Kubernetes (double)")
final class KubernetesTest {

  private final Bench bench;

  KubernetesTest(Bench bench) {
    this.bench = bench;
  }

  static Stream<Arguments> pairs() {
    // cosign writes secrets as protobuf, which the double does not read
    return Stream.of(Program.BULLA)
        .flatMap(maker ->
            Stream.of(Program.BULLA, Program.COSIGN3).map(signer -> Arguments.of(maker, signer)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("pairs")
  @DisplayName("pair made by bulla, image signed and verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) throws IOException {
    // cosign shows its token over TLS only
    TestAuthority authority = TestAuthority.create("cluster");
    place.write("ca.pem", authority.certificatePem());
    try (KubernetesServer server =
        KubernetesServer.startTls(
            "Bearer t0ken", "v1.32.0", authority.context(authority.issueServer("127.0.0.1")))) {
      place.write(
          "kubeconfig",
          """
          apiVersion: v1
          kind: Config
          current-context: c
          contexts: [{name: c, context: {cluster: c, user: u}}]
          clusters: [{name: c, cluster: {server: "%s", certificate-authority: ca.pem}}]
          users: [{name: u, user: {token: t0ken}}]
          """
              .formatted(server.address()));
      SharedKey key =
          new SharedKey(
              place,
              Map.of("KUBECONFIG", "kubeconfig", "COSIGN_PASSWORD", "pw"),
              "k8s://signing/release");
      key.run(maker, "generate-key-pair", key.reference()).expect(0);
      Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "k8s"), "v1");
      key.worksForBoth(signer, image, place.read("cosign.pub"));
      assertThat(server.secret("signing", "release").orElseThrow().get("immutable")).isPresent();
    }
  }
}
