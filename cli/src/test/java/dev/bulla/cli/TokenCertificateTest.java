package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.command.FakeTokens;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.testkit.sigstore.IssuedCertificate;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sign} does with the certificate that lies beside a key on a token. */
@EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "older ones speak to no token")
class TokenCertificateTest {

  private static final String IGNORE = "COSIGN_PKCS11_IGNORE_CERTIFICATE";
  private static final String CERTIFIED = "pkcs11:token=t;object=certified?module-path=/m.so";
  private static final String PLAIN = "pkcs11:token=t;object=plain?module-path=/m.so";
  private static final String SEVERAL = "pkcs11:token=t;object=several?module-path=/m.so";
  private static final String ANOTHERS = "pkcs11:token=t;object=another?module-path=/m.so";

  private final Signer signer = PrivateKey.generate(KeyType.ED25519, new SecureRandom()).toSigner();

  @TempDir Path folder;

  private SigstoreBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new SigstoreBench(folder);
    bench.images.environment("COSIGN_PKCS11_PIN", "4711");
    Bytes certificate = certificate(SigstoreBench.ME, signer).der();
    FakeTokens.put("certified", () -> new Key(signer, () -> Optional.of(certificate)));
    FakeTokens.put("plain", () -> new Key(signer, Optional::empty));
    FakeTokens.put(
        "several",
        () ->
            new Key(
                signer,
                () -> {
                  throw new KeyException("2 certificates have this name");
                }));
    FakeTokens.put("another", () -> new Key(ImageBench.BOB, () -> Optional.of(certificate)));
    bench.images.write("token.pub", Bytes.utf8(signer.publicKey().toPem()));
    bench.images.write("chain.pem", bench.server.sigstore().fulcio().chainPem());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private IssuedCertificate certificate(String who, Signer key) {
    return bench
        .server
        .sigstore()
        .fulcio()
        .leaf(key.publicKey().spki(), bench.server.sigstore().now())
        .identity(VirtualIdentity.email(who, bench.server.oidc().issuer()))
        .logged(bench.server.sigstore().ctLog())
        .issue();
  }

  private InProcess.Result sign(String key, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "sign",
                "--key",
                key,
                "--tlog-upload=false",
                "--timestamp-server-url",
                bench.server.tsaUrl(),
                "--use-signing-config=false"));
    line.addAll(List.of(more));
    if (!line.contains("--confirm")) {
      line.addAll(List.of("--trusted-root", "root.json"));
    }
    line.add(bench.images.digested());
    return bench.run(line);
  }

  private int byIdentity(String who) {
    return bench.verify(who, "--insecure-ignore-tlog", "--use-signed-timestamps").exit();
  }

  private int byKey() {
    return bench
        .run(
            List.of(
                "verify", "--key", "token.pub", "--insecure-ignore-tlog", bench.images.tagged()))
        .exit();
  }

  @Test
  void itGoesWithTheSignatureAndTheSignerIsVerifiedByIt() {
    InProcess.Result signed = sign(CERTIFIED);

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(signed.stderr())
        .contains("note: the certificate on the token goes with the signature")
        .contains(IGNORE);
    assertThat(byIdentity(SigstoreBench.ME)).isZero();
    assertThat(byIdentity("you@example.com")).isEqualTo(12);
    // as cosign: a bundle names one signer, and this one names whom the certificate names
    assertThat(byKey()).isEqualTo(12);
  }

  @Test
  void signaturesOfTheOlderFormatVerifyByTheKeyToo() {
    assertThat(sign(CERTIFIED, "--format", "legacy", "--certificate-chain", "chain.pem").exit())
        .isZero();

    assertThat(byIdentity(SigstoreBench.ME)).isZero();
    assertThat(byKey()).isZero();
  }

  @ParameterizedTest
  @CsvSource({PLAIN + ", 0", CERTIFIED + ", 1"})
  void withoutItTheKeySpeaksForItself(String key, String ignored) {
    bench.images.environment(IGNORE, ignored);
    InProcess.Result signed = sign(key);

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(signed.stderr()).doesNotContain("certificate on the token");
    assertThat(byKey()).isZero();
    assertThat(byIdentity(SigstoreBench.ME)).isEqualTo(13);
  }

  @Test
  void theOneOfTheLineIsTakenInstead() throws Exception {
    bench.images.write("cert.pem", certificate("you@example.com", signer).pem());

    InProcess.Result signed = sign(CERTIFIED, "--certificate", "cert.pem");

    assertThat(signed.exit()).as(signed.stderr()).isZero();
    assertThat(byIdentity("you@example.com")).isZero();
    assertThat(byIdentity(SigstoreBench.ME)).isEqualTo(12);
  }

  @Test
  void theTokensIsNotReadWhenTheLineNamesOne() throws Exception {
    bench.images.write("cert.pem", certificate("you@example.com", signer).pem());
    bench.images.write("bob.pem", certificate("you@example.com", ImageBench.BOB).pem());

    assertThat(sign(SEVERAL).stderr()).contains("2 certificates");
    InProcess.Result signed = sign(SEVERAL, "--certificate", "cert.pem");
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    InProcess.Result anothers = sign(ANOTHERS, "--certificate", "bob.pem");
    assertThat(anothers.exit()).as(anothers.stderr()).isZero();
    assertThat(byIdentity("you@example.com")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ANOTHERS + " | --yes | public key in certificate does not match the provided public key",
        CERTIFIED + " | --certificate-chain=other.pem | unable to validate certificate chain: ",
        PLAIN + " | --certificate-chain=chain.pem | no leaf certificate found or provided",
        CERTIFIED + " | --if-absent | --if-absent compares the keys of signatures",
        CERTIFIED + " | --confirm | --confirm needs --trusted-root"
      })
  void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsStored(String key, String flag, String message)
      throws Exception {
    bench.images.write("other.pem", bench.server.sigstore().tsa().certificate().chainPem());

    InProcess.Result refused = sign(key, flag);

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.stderr()).contains(message);
    bench.assertNothingStored();
  }

  /** What lies beside a key. */
  private interface Beside {
    Optional<Bytes> read() throws KeyException;
  }

  /** A key on a token; Ed25519, since that signs messages as they are. */
  private record Key(Signer signer, Beside beside) implements KmsKey {

    @Override
    public Optional<Bytes> certificate() throws KeyException {
      return beside.read();
    }

    @Override
    public List<KmsKeyVersion> versions() {
      return List.of(new KmsKeyVersion("", signer.publicKey()));
    }

    @Override
    public List<SignatureAlgorithm> algorithms() {
      return List.of(SignatureAlgorithm.ED25519);
    }

    @Override
    public KmsKeyVersion create(Optional<KeyType> type) {
      return versions().get(0);
    }

    @Override
    public Bytes sign(SigningInput input) throws KeyException {
      return signer.sign(input.bytes());
    }

    @Override
    public boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
