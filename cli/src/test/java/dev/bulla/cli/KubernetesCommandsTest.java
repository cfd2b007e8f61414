package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.json.JsonObject;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.KubernetesServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cosign's lines for key pairs in secrets of Kubernetes, against the double of an API server. */
class KubernetesCommandsTest {

  private static final String TOKEN = "marked-5b7e90cd12";
  private static final String KEY = "k8s://signing/release";

  @TempDir Path folder;

  private ImageBench bench;
  private KubernetesServer server;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    server = KubernetesServer.start("Bearer " + TOKEN, "v1.32.0");
    bench.write(
        "config",
        """
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {token: %s}}]
        """
            .formatted(server.address(), TOKEN));
    bench.environment("COSIGN_PASSWORD", "marked-pw").environment("KUBECONFIG", "config");
  }

  @AfterEach
  void stop() {
    bench.close();
    server.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain("marked-");
    return result;
  }

  @Test
  void theWholeWay() throws Exception {
    assertThat(run(0, "generate-key-pair", "--output-key-prefix", "unheeded", KEY).stderr())
        .isEqualTo(
            """
            Successfully created secret release in namespace signing
            Public key written to cosign.pub
            """);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("cosign.pub"))))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("cosign.key")).doesNotExist();
    assertThat(server.secret("signing", "release").orElseThrow().get("immutable")).isPresent();

    bench.withoutEnvironment("COSIGN_PASSWORD"); // it is in the secret
    assertThat(run(0, "public-key", "--key", KEY).stdout()).isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", KEY, "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", KEY, "--insecure-ignore-tlog", bench.tagged());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
    run(12, "verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @Test
  void aPairThatIsThereIsNotReplaced() {
    run(0, "generate-key-pair", KEY);
    JsonObject before = server.secret("signing", "release").orElseThrow();

    assertThat(run(1, "generate-key-pair", KEY).stderr())
        .contains("Error: updating secret release in ns signing: ");
    assertThat(server.secret("signing", "release")).contains(before);
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(run(1, "generate-key-pair", "k8s://signing").stderr())
        .contains(
            "Error: kubernetes specification should be in the format"
                + " k8s://<namespace>/<secret>\n");
    assertThat(run(1, "public-key", "--key", "k8s://signing/none").stderr())
        .contains("checking if secret exists: ");
    assertThat(run(1, "verify", "--key", "k8s://signing/none", bench.tagged()).stderr())
        .contains("loading public key: checking if secret exists: ");
    server.fail(KmsFault.SERVER_ERROR, 100);
    run(20, "verify", "--key", KEY, "--insecure-ignore-tlog", bench.tagged());
  }
}
