package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.sigstore.LeafBuilder;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing with a certificate of one's own, where the trusted root names a certificate log. */
class CompanyCertificateTest {

  private static final String NOTE = "note: the certificate is in no certificate log";

  @TempDir Path folder;

  private SigstoreBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new SigstoreBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private LeafBuilder leaf() {
    VirtualSigstore sigstore = bench.server.sigstore();
    return sigstore
        .fulcio()
        .leaf(ImageBench.ALICE.publicKey().spki(), sigstore.now())
        .identity(VirtualIdentity.email(SigstoreBench.ME, bench.server.oidc().issuer()));
  }

  private InProcess.Result sign(String format, LeafBuilder certificate) throws IOException {
    bench.images.write("cert.pem", certificate.issue().pem());
    return bench.run(
        List.of(
            "sign",
            "--key=alice.key",
            "--certificate=cert.pem",
            "--trusted-root=root.json",
            "--timestamp-server-url",
            bench.server.tsaUrl(),
            "--tlog-upload=false",
            "--use-signing-config=false",
            "--format",
            format,
            bench.images.digested()));
  }

  private int verify(String... more) {
    List<String> words =
        new ArrayList<>(List.of("--insecure-ignore-tlog", "--use-signed-timestamps"));
    words.addAll(List.of(more));
    return bench.verify(SigstoreBench.ME, words.toArray(String[]::new)).exit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bundle", "legacy"})
  void oneThatIsNotLoggedIsSignedWith(String format) throws Exception {
    InProcess.Result signed = sign(format, leaf());

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(signed.stderr()).contains(NOTE).contains("--insecure-ignore-sct");
    assertThat(verify()).isEqualTo(12);
    assertThat(verify("--insecure-ignore-sct")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bundle", "legacy"})
  void oneThatIsLoggedNeedsNoLeniency(String format) throws Exception {
    InProcess.Result signed = sign(format, leaf().logged(bench.server.sigstore().ctLog()));

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(signed.stderr()).doesNotContain(NOTE);
    assertThat(verify()).isZero();
  }

  @Test
  void aPromiseOfAnotherLogIsRefusedBeforeAnythingIsStored() throws Exception {
    InProcess.Result signed = sign("bundle", leaf().logged(VirtualSigstore.live().ctLog()));

    assertThat(signed.exit()).isEqualTo(1);
    assertThat(signed.stderr()).contains("the new signature does not verify");
    assertThat(verify("--insecure-ignore-sct")).isEqualTo(10);
  }
}
