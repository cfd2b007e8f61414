package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.evidence.LegacySignature;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing with a key of one's own, and services that vouch for it. */
class LoggedSigningTest {

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

  private static void assertSigned(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"REKOR1, false", "REKOR1, true", "REKOR2, false", "REKOR2, true"})
  void itIsLoggedAndVerifies(Service log, boolean timestamps) throws Exception {
    bench.configure(log, timestamps);

    InProcess.Result signed = bench.signByConfig("--key", "alice.key");

    assertSigned(signed);
    assertThat(signed.stderr()).doesNotContain("ephemeral").doesNotContain("nothing was recorded");
    assertThat(bench.server.served(log)).hasSize(1);
    assertThat(bench.server.served(Service.TSA)).hasSize(timestamps ? 1 : 0);
    assertThat(bench.server.served(Service.FULCIO)).isEmpty();
    assertThat(bench.verifyKey().exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy", "both"})
  void theOlderFormatIsLoggedToo(String format) throws Exception {
    assertSigned(bench.signByFlags("--format", format, "--key", "alice.key"));

    assertThat(bench.images.layers(ImageBench.tagName(".sig")).get(0).annotations())
        .containsKey(LegacySignature.LOG_BUNDLE_ANNOTATION);
    assertThat(bench.verifyKey().exit()).isZero();
  }

  /** As its README has it: one environment variable asks for the log, another names it. */
  @Test
  void theFirstReadmeLogs() {
    bench.images.environment("COSIGN_EXPERIMENTAL", "1");
    bench.images.environment("REKOR_SERVER", bench.server.url(Service.REKOR1));

    assertSigned(bench.run(List.of("sign", "-key", "alice.key", bench.images.tagged())));

    assertThat(bench.images.hasLegacy()).isTrue();
    assertThat(bench.server.served(Service.REKOR1)).hasSize(1);
    assertThat(bench.verifyKey().exit()).isZero();
  }

  @Test
  void anAddressThatIsNoneIsNamedBeforeAnythingIsSigned() {
    bench.images.environment("COSIGN_EXPERIMENTAL", "1");
    bench.images.environment("REKOR_SERVER", "rekor.example.com");
    InProcess.Result old = bench.run(List.of("sign", "-key", "alice.key", bench.images.tagged()));

    assertThat(old.exit()).isEqualTo(1);
    assertThat(old.stderr()).contains("REKOR_SERVER: ").contains("neither http nor https");

    for (String flag : List.of("--rekor-url", "--timestamp-server-url", "--fulcio-url")) {
      InProcess.Result result =
          bench.signByFlags("--identity-token", bench.token, flag, "services.example.com");

      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.stderr()).contains(flag + ": ").contains("neither http nor https");
    }
    bench.images.environment("COSIGN_REKOR_URL", "rekor.example.com");
    InProcess.Result variable =
        bench.run(
            List.of(
                "sign",
                "--yes",
                "--use-signing-config=false",
                "--key=alice.key",
                bench.images.digested()));
    assertThat(variable.stderr()).contains("COSIGN_REKOR_URL: ");
    assertThat(bench.server.served(Service.FULCIO)).isEmpty();
    assertThat(bench.images.hasLegacy()).isFalse();
  }

  @Test
  void aSignatureThatIsNotLoggedDoesNotMakeALoggedOneNeedless() throws Exception {
    bench.configure(Service.REKOR1, false);
    bench.images.put(ImageBench.ALICE, ImageBench.BUNDLE, "app:v1");

    assertSigned(bench.signByConfig("--if-absent", "--key", "alice.key"));
    assertThat(bench.images.bundles()).isEqualTo(2);

    InProcess.Result again = bench.signByConfig("--if-absent", "--key", "alice.key");
    assertSigned(again);
    assertThat(again.stderr()).contains("has this signature already");
    assertThat(bench.server.served(Service.REKOR1)).hasSize(1);
  }

  // ---- certificates

  @Test
  void aCertificateIsIssuedForAKeyOnRequest() throws Exception {
    bench.configure(Service.REKOR1, false);

    assertSigned(
        bench.signByConfig(
            "--key", "alice.key", "--issue-certificate", "--identity-token", bench.token));

    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
  }

  private void certify() throws Exception {
    assertSigned(
        bench.signByFlags(
            "--key",
            "alice.key",
            "--issue-certificate",
            "--identity-token",
            bench.token,
            "--upload=false",
            "--output-certificate",
            "cert.pem"));
    bench.images.write("chain.pem", bench.server.sigstore().fulcio().chainPem());
  }

  @Test
  void aCertificateOfOnesOwnIsAttached() throws Exception {
    certify();
    bench.configure(Service.REKOR1, false);

    assertSigned(
        bench.signByConfig(
            "--key", "alice.key", "--certificate", "cert.pem", "--certificate-chain", "chain.pem"));

    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--key bob.key --certificate cert.pem"
            + " | public key in certificate does not match the provided public key",
        "--key alice.key --certificate alice.pub | supplied PEM file is not a certificate:"
            + " alice.pub",
        "--key alice.key --certificate-chain chain.pem"
            + " | no leaf certificate found or provided while specifying chain",
        "--key alice.key --certificate cert.pem --certificate-chain other.pem"
            + " | unable to validate certificate chain: ",
        "--key alice.key --certificate cert.pem --certificate-chain empty.pem"
            + " | no certificates in certificate chain",
      })
  void aCertificateThatDoesNotFit(String flags, String said) throws Exception {
    certify();
    bench.images.write("empty.pem", "");
    bench.images.write("other.pem", bench.server.sigstore().tsa().certificate().chainPem());
    bench.configure(Service.REKOR1, false);

    InProcess.Result result = bench.signByConfig(flags.split(" ", -1));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("getting keypair and token: getting signer: " + said);
    bench.assertNothingStored();
  }

  // ---- what is said before

  @Test
  void serviceFlagsComeWithAStatementAndAQuestion() {
    String[] line = {
      "sign",
      "--key",
      "alice.key",
      "--use-signing-config=false",
      "--rekor-url",
      bench.server.url(Service.REKOR1),
      bench.images.digested()
    };

    InProcess.Result declined = bench.images.run(line);

    assertThat(declined.exit()).isEqualTo(1);
    assertThat(declined.stderr())
        .contains("https://lfprojects.org/policies/hosted-project-tools-terms-of-use/")
        .contains("https://lfprojects.org/policies/hosted-project-tools-immutable-records/")
        .contains("By typing 'y', you attest that (1) ")
        .contains("]: signing digest: should upload to tlog: user declined the prompt");
    assertThat(bench.server.served()).isEmpty();

    InProcess.Result agreed = bench.images.runWithInput("y\n", line);
    assertSigned(agreed);
    assertThat(bench.verifyKey().exit()).isZero();
  }

  @Test
  void aSigningConfigAsksNothing() throws Exception {
    bench.configure(Service.REKOR1, false);

    InProcess.Result signed = bench.signByConfig("--key", "alice.key");

    assertSigned(signed);
    assertThat(signed.stderr()).doesNotContain("By typing");
  }

  // ---- what is not done

  @Test
  void aLogThatRefusesEndsIt() throws Exception {
    bench.configure(Service.REKOR2, false);
    bench.refuse(Service.REKOR2);

    InProcess.Result result = bench.signByConfig("--key", "alice.key");

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("signing digest: signing bundle: error signing bundle: ")
        .contains("not today");
    bench.assertNothingStored();
  }

  @Test
  void aRootThatCannotBeReadIsSaidFirst() throws Exception {
    bench.configure(Service.REKOR1, false);
    bench.images.write("root.json", "{");

    InProcess.Result result = bench.signByConfig("--key", "alice.key");

    assertThat(result.exit()).isEqualTo(21);
    assertThat(result.stderr()).contains("loading trusted root: root.json");
    assertThat(bench.server.served()).isEmpty();
  }
}
