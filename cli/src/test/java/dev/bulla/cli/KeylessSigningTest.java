package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.cli.terminal.Terminal;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import dev.bulla.testkit.sigstore.VirtualSigstoreServer.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing as a person, with a key that nobody keeps, by the services of a whole Sigstore. */
class KeylessSigningTest {

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

  private void assertSigned(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"REKOR1, false", "REKOR1, true", "REKOR2, true"})
  void whatItSignsVerifies(Service log, boolean timestamps) throws Exception {
    bench.configure(log, timestamps);

    InProcess.Result signed = bench.signByConfig("--identity-token", bench.token);

    assertSigned(signed);
    assertThat(signed.stdout()).isEmpty();
    assertThat(signed.stderr())
        .contains("Generating ephemeral keys...\n")
        .contains("Signing artifact...\n")
        .contains("Pushing signature to: ")
        .doesNotContain("nothing was recorded");
    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
    assertThat(bench.verify("you@example.com").exit()).isEqualTo(12);
    if (timestamps) {
      assertThat(bench.verify(SigstoreBench.ME, "--use-signed-timestamps").exit()).isZero();
    }
  }

  @Test
  void aTimestampSufficesWhereNoLogIsConfigured() throws Exception {
    bench.configure(null, true);

    InProcess.Result signed = bench.signByConfig("--identity-token", bench.token);

    assertSigned(signed);
    assertThat(signed.stderr()).contains("note: nothing was recorded in a transparency log");
    assertThat(bench.verify(SigstoreBench.ME, "--insecure-ignore-tlog").exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy", "bundle", "both"})
  void servicesMayBeNamedOneByOne(String format) {
    assertSigned(
        bench.signByFlags(
            "--format",
            format,
            "--timestamp-server-url",
            bench.server.tsaUrl(),
            "--identity-token",
            bench.token));

    assertThat(bench.images.hasLegacy()).isEqualTo(!format.equals("bundle"));
    assertThat(bench.images.bundles()).isEqualTo(format.equals("legacy") ? 0 : 1);
    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
    assertThat(bench.verify(SigstoreBench.ME, "--use-signed-timestamps").exit()).isZero();
  }

  @Test
  void theTokenMayLieInAFileOrTheEnvironment() throws Exception {
    bench.configure(Service.REKOR1, false);
    bench.images.write("token", bench.token);

    assertSigned(bench.signByConfig("--identity-token", "token"));
    bench.images.environment("SIGSTORE_ID_TOKEN", bench.token);
    assertSigned(bench.signByConfig());
    assertThat(bench.images.bundles()).isEqualTo(2);
  }

  @Test
  void aDeviceSignsInByACode() throws Exception {
    bench.configure(Service.REKOR1, false);

    InProcess.Result signed = bench.signByConfig("--fulcio-auth-flow", "device");

    assertSigned(signed);
    assertThat(signed.stdout()).contains("BULL-AAAA");
    assertThat(bench.verify(SigstoreBench.ME).exit()).isZero();
  }

  @Test
  void withoutATokenAndATerminalItAsksNobody() throws Exception {
    bench.configure(Service.REKOR1, false);

    InProcess.Result result = bench.signByConfig();

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("getting keypair and token: retrieving ID token: ")
        .contains("no terminal");
    assertThat(bench.server.served()).isEmpty();
    bench.assertNothingStored();
  }

  /** Somebody at a terminal, on a machine without a desktop. */
  private InProcess.Result signsAtATerminal(String typed, String... flags) throws Exception {
    bench.configure(Service.REKOR1, false);
    List<String> line = new ArrayList<>(List.of("sign", "--signing-config", "config.json"));
    line.addAll(List.of("--trusted-root", "root.json"));
    line.addAll(List.of(flags));
    line.add(bench.images.digested());
    return InProcess.in(folder).terminal(PERSON).stdin(typed).run(line);
  }

  private static final Terminal PERSON =
      new Terminal() {
        @Override
        public boolean stdinIsCharacterDevice() {
          return true;
        }

        @Override
        public boolean stderrIsTerminal() {
          return true;
        }

        @Override
        public byte[] readWithoutEcho() {
          throw new AssertionError("nothing is secret here");
        }
      };

  private static final String STATEMENT = "This signature will be recorded in a transparency log.";
  private static final String QUESTION = "Are you sure you would like to continue? [y/N] ";

  @Test
  void beforeABrowserIsOpenedThePersonIsAsked() throws Exception {
    InProcess.Result result = signsAtATerminal("n\n");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains(STATEMENT)
        .contains("By typing 'y', you attest that (1) ")
        .contains(
            QUESTION
                + "Error: signing ["
                + bench.images.digested()
                + "]: signing digest: getting keypair and token: retrieving ID token: user declined"
                + " the prompt");
    assertThat(bench.server.served()).isEmpty();
    bench.assertNothingStored();
  }

  @ParameterizedTest
  @CsvSource({"'y\n\n', --use-signing-config", "'\n', --yes", "'\n', --fulcio-auth-flow=normal"})
  void whoAgreesGoesOn(String typed, String flag) throws Exception {
    InProcess.Result result =
        flag.equals("--use-signing-config")
            ? signsAtATerminal(typed)
            : signsAtATerminal(typed, flag);

    assertThat(result.stderr())
        .containsOnlyOnce(STATEMENT)
        .contains("Your browser will now be opened to:\n" + bench.server.oidc().issuer())
        .contains("retrieving ID token: no verification code was entered");
    assertThat(result.stderr().contains(QUESTION)).isEqualTo(typed.startsWith("y"));
    assertThat(bench.server.served(Service.FULCIO)).isEmpty();
  }

  @Test
  void withoutARootNothingIsCheckedAndThatIsSaid() throws Exception {
    bench.configure(Service.REKOR1, false);

    InProcess.Result signed =
        bench.run(
            List.of(
                "sign",
                "--signing-config",
                "config.json",
                "--identity-token",
                bench.token,
                bench.images.digested()));

    assertSigned(signed);
    assertThat(signed.stderr())
        .contains("note: what the services answer is stored unchecked: --trusted-root FILE");
    assertThat(bench.signByConfig("--identity-token", bench.token).stderr())
        .doesNotContain("unchecked");
  }

  @Test
  void manyImagesShareACertificate() throws Exception {
    bench.configure(Service.REKOR1, false);

    SampleImage.twoPlatforms("hello").pushTo(bench.images.app, "multi");

    assertSigned(
        bench.run(
            List.of(
                "sign",
                "--signing-config",
                "config.json",
                "--trusted-root",
                "root.json",
                "--identity-token",
                bench.token,
                "--recursive",
                bench.images.named("app:multi"))));

    assertThat(bench.server.served(Service.FULCIO)).hasSize(1);
    assertThat(bench.server.served(Service.REKOR1)).hasSize(3);
  }

  @Test
  void theCertificateGoesToAFile() throws Exception {
    assertSigned(
        bench.signByFlags("--output-certificate", "cert.pem", "--identity-token", bench.token));

    assertThat(bench.images.read("cert.pem")).startsWith("-----BEGIN CERTIFICATE-----\n");
  }

  @Test
  void itIsReadBackOnRequest() throws Exception {
    bench.configure(Service.REKOR2, true);

    InProcess.Result signed = bench.signByConfig("--confirm", "--identity-token", bench.token);

    assertSigned(signed);
    assertThat(signed.stdout()).contains("Confirmed: ").contains("signer:    " + SigstoreBench.ME);
  }

  // ---- what is not done

  @ParameterizedTest
  @EnumSource(
      value = Service.class,
      names = {"FULCIO", "REKOR1", "TSA"})
  void aServiceThatRefusesEndsIt(Service service) throws Exception {
    bench.configure(Service.REKOR1, true);
    bench.refuse(service);

    InProcess.Result result = bench.signByConfig("--identity-token", bench.token);

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("signing digest: signing bundle: error signing bundle: ")
        .contains("not today");
    bench.assertNothingStored();
  }

  @Test
  void whatOthersWouldRefuseIsNotStored() throws Exception {
    bench.configure(Service.REKOR1, false);
    bench.images.write("root.json", VirtualSigstore.live().trustedRoot().bytes());

    InProcess.Result result = bench.signByConfig("--identity-token", bench.token);

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("signing bundle: error signing bundle: the new signature does not verify: ")
        .contains("note: the transparency log has an entry of this attempt to sign ");
    bench.assertNothingStored();
  }

  /** Brought along a certificate may be without; an authority that issues one has to log it. */
  @Test
  void anIssuedCertificateThatIsNotLoggedIsNotSignedWith() throws Exception {
    bench.configure(Service.REKOR1, false);
    bench.server.detachedTimestamps(true);

    InProcess.Result result = bench.signByConfig("--identity-token", bench.token);

    assertThat(result.exit()).as(result.stderr()).isEqualTo(1);
    assertThat(result.stderr())
        .contains("signed certificate timestamp: the certificate carries none");
    bench.assertNothingStored();
  }

  @Test
  void aLogThatGivesNoTimeNeedsATimestamp() throws Exception {
    bench.configure(Service.REKOR2, false);

    InProcess.Result result = bench.signByConfig("--identity-token", bench.token);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains(
            "a timestamp authority must be provided to request a short-lived certificate that will"
                + " be logged to Rekor");
    assertThat(bench.server.served()).isEmpty();
  }

  @Test
  void theOlderFormatHasNoPlaceForEntriesOfTheNewerLog() throws Exception {
    bench.configure(Service.REKOR2, true);

    InProcess.Result result =
        bench.signByConfig("--format", "both", "--identity-token", bench.token);

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("the older signature format has no place");
    assertThat(bench.server.served()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--if-absent", "--certificate cert.pem", "--tlog-upload=false"})
  void flagsThatNeedAKey(String flags) throws Exception {
    bench.configure(Service.REKOR1, false);

    InProcess.Result result = bench.signByConfig(flags.split(" ", -1));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(bench.server.served()).isEmpty();
    bench.assertNothingStored();
  }
}
