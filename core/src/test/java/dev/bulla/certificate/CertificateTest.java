package dev.bulla.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.AlternativeName.Kind;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;
import dev.bulla.vectors.Vectors;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateTest {

  private static final String USER = "1.3.6.1.4.1.57264.1.7";

  private final Made root = Mint.root("root").pathLength(1).make();

  @ParameterizedTest
  @ValueSource(strings = {"cert.pem", "certWithSct.pem", "cert-githuboidc.pem", "fulcio.crt.pem"})
  void readsWhatTheJdkReads(String file) throws Exception {
    for (Certificate ours : Certificate.parsePem(Vectors.bytes("fulcio/" + file), file)) {
      X509Certificate theirs =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(ours.der().toByteArray()));
      assertThat(ours.notBefore()).isEqualTo(theirs.getNotBefore().toInstant());
      assertThat(ours.notAfter()).isEqualTo(theirs.getNotAfter().toInstant());
      assertThat(ours.serial().toByteArray()).isEqualTo(theirs.getSerialNumber().toByteArray());
      assertThat(ours.subject().toByteArray())
          .isEqualTo(theirs.getSubjectX500Principal().getEncoded());
      assertThat(ours.issuer().toByteArray())
          .isEqualTo(theirs.getIssuerX500Principal().getEncoded());
      assertThat(ours.publicKey().spki().toByteArray())
          .isEqualTo(theirs.getPublicKey().getEncoded());
      assertThat(ours.criticalExtensions())
          .containsExactlyInAnyOrderElementsOf(theirs.getCriticalExtensionOIDs());
      assertThat(ours.extendedUsages())
          .isEqualTo(Optional.ofNullable(theirs.getExtendedKeyUsage()));
      assertThat(ours.isAuthority()).isEqualTo(theirs.getBasicConstraints() >= 0);
      assertThat(ours.maySignContent()).isEqualTo(theirs.getKeyUsage()[0]);
      assertThat(ours.maySignCertificates()).isEqualTo(theirs.getKeyUsage()[5]);
      assertThat(ours.signature().toByteArray()).isEqualTo(theirs.getSignature());
      assertThat(ours.signedPart().toByteArray()).isEqualTo(theirs.getTBSCertificate());
    }
  }

  @Test
  void printsAsItWasRead() throws Exception {
    Certificate certificate = root.certificate();
    assertThat(Certificate.parsePem(Bytes.utf8(certificate.toPem()), "printed"))
        .containsExactly(certificate);
    assertThat(certificate.pathLength()).hasValue(1);
  }

  @Test
  void readsIdentitiesOfWorkflows() throws Exception {
    CertificateIdentity identity = identity("fulcio/cert-githuboidc.pem");
    assertThat(identity.name())
        .contains(
            new AlternativeName(
                Kind.URI,
                "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v1.4.0"));
    assertThat(identity.issuer()).contains("https://token.actions.githubusercontent.com");
    assertThat(identity.value(FulcioExtension.GITHUB_WORKFLOW_TRIGGER))
        .contains("workflow_dispatch");
    assertThat(identity.value(FulcioExtension.GITHUB_WORKFLOW_SHA))
        .contains("4ffe2674e1e9e268c00a4f4afa5264fdd399d453");
    assertThat(identity.value(FulcioExtension.GITHUB_WORKFLOW_NAME))
        .contains("Tag and Build Release");
    assertThat(identity.value(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY))
        .contains("sigstore/sigstore-java");
    assertThat(identity.value(FulcioExtension.GITHUB_WORKFLOW_REF)).contains("refs/heads/main");
    assertThat(identity.value(FulcioExtension.ISSUER)).isEmpty();
  }

  @Test
  void readsIdentitiesOfPeople() throws Exception {
    CertificateIdentity identity = identity("fulcio/cert.pem");
    assertThat(identity.names())
        .containsExactly(new AlternativeName(Kind.EMAIL, "appu@google.com"));
    assertThat(identity.name()).contains(new AlternativeName(Kind.EMAIL, "appu@google.com"));
    assertThat(identity.issuer()).contains("https://accounts.google.com");
  }

  @Test
  void theNewerIssuerCounts() throws Exception {
    Made leaf =
        root.leaf()
            .extension(FulcioExtension.ISSUER_V1.oid(), false, ascii("old"))
            .extension(FulcioExtension.ISSUER.oid(), false, DerWriter.element(0x0c, ascii("new")))
            .make();
    CertificateIdentity identity = CertificateIdentity.of(leaf.certificate());
    assertThat(identity.issuer()).contains("new");
    assertThat(identity.value(FulcioExtension.ISSUER_V1)).contains("old");
  }

  @Test
  void readsUserNames() throws Exception {
    CertificateIdentity identity =
        CertificateIdentity.of(
            root.leaf().names(true, Mint.user(USER, "foo!oidc.local")).make().certificate());
    assertThat(identity.name()).contains(new AlternativeName(Kind.OTHER, "foo!oidc.local"));
  }

  @Test
  void oneNameIsTheIdentity() throws Exception {
    CertificateIdentity identity =
        CertificateIdentity.of(
            root.leaf()
                .names(
                    true,
                    DerWriter.element(0x82, ascii("host.example")),
                    DerWriter.element(0x87, new byte[] {127, 0, 0, 1}),
                    Mint.user(USER, "u!d"),
                    Mint.email("a@example"),
                    Mint.uri("https://one.example"),
                    Mint.uri("https://two.example"))
                .make()
                .certificate());
    assertThat(identity.name()).contains(new AlternativeName(Kind.URI, "https://one.example"));
    assertThat(identity.names()).hasSize(5);
    CertificateIdentity host =
        CertificateIdentity.of(
            root.leaf().names(true, DerWriter.element(0x82, ascii("h"))).make().certificate());
    assertThat(host.name()).isEmpty();
  }

  @Test
  void refusesNamesThatCouldBeReadInTwoWays() {
    for (byte[] name :
        List.of(
            Mint.uri(""),
            Mint.email("a@example.com\u0000.evil"),
            Mint.uri("https://a\nb"),
            Mint.email("ü@example"),
            Mint.user(USER, ""),
            Mint.user("1.2.3", "u!d"))) {
      assertMalformed(root.leaf().names(true, name).encoded());
    }
    assertMalformed(
        root.leaf().names(true, Mint.user(USER, "a!b"), Mint.user(USER, "c!d")).encoded());
  }

  @Test
  void refusesTextsThatAreNone() throws Exception {
    for (byte[] value :
        List.of(
            new byte[] {0x0c, 1, (byte) 0xff},
            new byte[] {0x04, 1, 'a'},
            new byte[] {0x0c, 1, 'a', 'b'},
            new byte[] {})) {
      Made leaf = root.leaf().extension(FulcioExtension.ISSUER.oid(), false, value).make();
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> CertificateIdentity.of(leaf.certificate()));
    }
  }

  @Test
  void refusesOtherVersions() {
    assertMalformed(root.leaf().version(1).encoded());
  }

  @Test
  void refusesTwoAlgorithmsAndTwoOfOneExtension() throws Exception {
    byte[] body = root.leaf().signedBy("SHA384withECDSA").body();
    assertMalformed(
        Bytes.owning(
            DerWriter.sequence(
                body,
                DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2")),
                DerWriter.bits(new byte[] {1}))));
    String usage = "30130603551d25040c300a06082b06010505070303";
    String text = dev.bulla.bytes.HexText.encode(root.leaf().encoded());
    assertThat(text).contains(usage);
    // key usage becomes a second extended one: same length, another meaning
    assertMalformed(
        dev.bulla.bytes.HexText.decode(text.replace("0603551d0f", "0603551d25"), "test"));
  }

  @Test
  void refusesMoreThanItsLimits() {
    assertMalformed(Bytes.owning(new byte[Limits.MAX_CERTIFICATE + 1]));
    Mint many = root.leaf();
    for (int i = 0; i <= Limits.MAX_CERTIFICATE_PARTS; i++) {
      many.extension("1.2.3." + i, false, new byte[0]);
    }
    assertMalformed(many.encoded());
    byte[][] names = new byte[Limits.MAX_CERTIFICATE_PARTS + 1][];
    for (int i = 0; i < names.length; i++) {
      names[i] = Mint.uri("https://" + i);
    }
    assertMalformed(root.leaf().names(true, names).encoded());
  }

  /** No damage makes anything but a refusal, or a certificate that nobody signed. */
  @Test
  void damageIsRefusedOrSeen() throws Exception {
    Made leaf = root.leaf().make();
    byte[] sound = leaf.certificate().der().toByteArray();
    Random random = new Random(20241101);
    int read = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = sound.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Certificate certificate;
      try {
        certificate = Certificate.parse(Bytes.of(damaged));
      } catch (MalformedInputException e) {
        continue;
      }
      read++;
      assertThat(
              CertificateChain.verify(
                  certificate,
                  List.of(),
                  List.of(root.asTrusted()),
                  Mint.FROM.plusSeconds(1),
                  CertificateUsage.CODE_SIGNING))
          .isInstanceOf(ChainRefusal.class);
    }
    assertThat(read).isPositive();
    for (int length = 0; length < sound.length; length++) {
      assertMalformed(Bytes.of(sound, 0, length));
    }
  }

  private static CertificateIdentity identity(String path) throws Exception {
    return CertificateIdentity.of(Certificate.parsePem(Vectors.bytes(path), path).get(0));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void assertMalformed(Bytes der) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(der));
  }
}
