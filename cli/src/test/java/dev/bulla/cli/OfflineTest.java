package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.sigstore.VirtualTuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offline nobody but the registry hears of a verification; a listener counts who calls. */
class OfflineTest {

  @TempDir Path folder;

  private ImageBench bench;
  private ServerSocket listener;
  private final AtomicInteger calls = new AtomicInteger();

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread accepting =
        new Thread(() -> {
          while (!listener.isClosed()) {
            try {
              Socket caller = listener.accept();
              calls.incrementAndGet(); // before the caller hears of it
              caller.close();
            } catch (IOException e) {
              return; // closed at the end of the test
            }
          }
        });
    accepting.setDaemon(true);
    accepting.start();
  }

  @AfterEach
  void stop() throws IOException {
    listener.close();
    bench.close();
  }

  private int called() {
    return calls.get();
  }

  private String elsewhere() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  @Test
  void aKeyElsewhereIsNotFetched() {
    String key = "https://" + elsewhere() + "/alice.pub";

    InProcess.Result offline =
        bench.run("verify", "--offline", "--insecure-ignore-tlog", "--key", key, bench.digested());

    assertThat(offline.exit()).isEqualTo(1);
    assertThat(offline.stderr()).contains("--offline asks for no connection but the registry's");
    assertThat(called()).isZero();

    bench.run("verify", "--insecure-ignore-tlog", "--key", key, bench.digested());
    assertThat(called()).as("without --offline").isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"awskms:///alias/x", "hashivault://x", "k8s://ns/x", "gitlab://g/x"})
  void aKeyInAServiceIsNotAskedFor(String key) {
    InProcess.Result offline =
        bench.run("verify", "--offline", "--insecure-ignore-tlog", "--key", key, bench.digested());

    assertThat(offline.exit()).isEqualTo(1);
    assertThat(offline.stderr()).contains("--offline asks for no connection but the registry's");
  }

  @Test
  void aCertificateElsewhereIsNotFetched() {
    InProcess.Result offline =
        bench.run(
            "verify",
            "--offline",
            "--insecure-ignore-tlog",
            "--certificate-identity=a",
            "--certificate-oidc-issuer=b",
            "--certificate-chain=https://" + elsewhere() + "/chain.pem",
            bench.digested());

    assertThat(offline.exit()).isEqualTo(1);
    assertThat(offline.stderr()).contains("--offline asks for no connection but the registry's");
    assertThat(called()).isZero();
  }

  @Test
  void whatTheInstanceTrustsIsNotRenewed() throws Exception {
    VirtualTuf repository =
        VirtualTuf.of(
            Map.of("trusted_root.json", Bytes.utf8("{}")), Instant.parse("2100-01-01T00:00:00Z"));
    bench.write("tuf-root.json", repository.firstRoot());
    TrustFilesTest.signKeyless(bench);
    String[] line = {
      "verify",
      "--certificate-identity=" + TrustFilesTest.ME,
      "--certificate-oidc-issuer=" + TrustFilesTest.ISSUER,
      bench.digested(),
      "--offline"
    };
    InProcess program =
        InProcess.in(folder)
            .environment("TUF_ROOT", folder.resolve("tuf").toString())
            .environment("TUF_MIRROR", "http://" + elsewhere())
            .environment("TUF_ROOT_JSON", "tuf-root.json");

    InProcess.Result offline = program.run(line);

    assertThat(offline.exit()).as(offline.stderr()).isEqualTo(20);
    assertThat(called()).isZero();

    line[line.length - 1] = "--insecure-ignore-sct";
    assertThat(program.run(line).exit()).isEqualTo(20);
    assertThat(called()).as("without --offline").isPositive();
  }

  @Test
  void whatIsAtHandIsEnough() {
    InProcess.Result offline =
        bench.run(
            "verify", "--offline", "--insecure-ignore-tlog", "--key=alice.pub", bench.digested());

    assertThat(offline.exit()).as(offline.stderr()).isZero();
  }
}
