package dev.bulla.testkit.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonString;
import dev.bulla.key.KeyType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK and openssl read what the authority issues, and tell its defects. */
final class VirtualCaTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final VirtualIdentity ME =
      VirtualIdentity.email("me@example.com", "https://issuer.example");

  private final VirtualSigstore sigstore = VirtualSigstore.at(NOW);

  private LeafBuilder leaf(VirtualKey key) {
    return sigstore.fulcio().leaf(key.spki(), NOW).identity(ME).logged(sigstore.ctLog());
  }

  private void validate(IssuedCertificate leaf, Instant time) throws Exception {
    X509Certificate root = CertificateWriter.parse(sigstore.fulcio().root());
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(time));
    List<X509Certificate> path =
        List.of(leaf.x509(), CertificateWriter.parse(sigstore.fulcio().intermediate()));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void leavesOfEveryKeyTypeAreValidForTenMinutes(KeyType type) throws Exception {
    IssuedCertificate leaf = leaf(VirtualKey.create(type)).issue();
    validate(leaf, NOW);
    validate(leaf, NOW.plusSeconds(600));
    assertThatThrownBy(() -> validate(leaf, NOW.plusSeconds(601)))
        .hasRootCauseInstanceOf(CertificateExpiredException.class);
  }

  @Test
  void aLeafSaysWhatFulcioWouldSay() throws Exception {
    X509Certificate leaf = leaf(VirtualKey.create(KeyType.EC_P256)).issue().x509();
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.3");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    assertThat(names).containsExactly(List.of(1, "me@example.com"));
    assertThat(leaf.getExtensionValue("1.3.6.1.4.1.57264.1.1"))
        .endsWith("https://issuer.example".getBytes(StandardCharsets.UTF_8));
    // an octet string around a UTF8String
    assertThat(leaf.getExtensionValue("1.3.6.1.4.1.57264.1.8")).startsWith(0x04, 0x18, 0x0c, 0x16);
    assertThat(leaf.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.17");
  }

  @Test
  void aWorkflowHasEveryExtension() {
    VirtualIdentity workflow =
        VirtualIdentity.githubWorkflow(
            "https://token.actions.githubusercontent.com", "octo/app", "build.yml", "refs/tags/v1");
    X509Certificate leaf =
        sigstore
            .fulcio()
            .leaf(VirtualKey.create(KeyType.EC_P256).spki(), NOW)
            .identity(workflow)
            .issue()
            .x509();
    for (int number = 1; number <= 24; number++) {
      if (number != 7) {
        assertThat(leaf.getExtensionValue("1.3.6.1.4.1.57264.1." + number))
            .as("extension " + number)
            .isNotNull();
      }
    }
  }

  @Test
  void aUserNameIsAnOtherName(@TempDir Path folder) throws Exception {
    IssuedCertificate leaf =
        sigstore
            .fulcio()
            .leaf(VirtualKey.create(KeyType.EC_P256).spki(), NOW)
            .identity(VirtualIdentity.otherName("foo!oidc.local", "http://oidc.local:8080"))
            .issue();
    assertThat(
            new OpenSsl(folder)
                .file("leaf.pem", leaf.pem())
                .run("x509", "-in", "leaf.pem", "-noout", "-ext", "subjectAltName"))
        .startsWith("0 ")
        .contains("othername: 1.3.6.1.4.1.57264.1.7")
        .contains("foo!oidc.local");
  }

  @Test
  void opensslReadsTheTimestampOfTheLog(@TempDir Path folder) throws Exception {
    IssuedCertificate leaf = leaf(VirtualKey.create(KeyType.EC_P256)).issue();
    assertThat(
            new OpenSsl(folder)
                .file("leaf.pem", leaf.pem())
                .run("x509", "-in", "leaf.pem", "-noout", "-text"))
        .startsWith("0 ")
        .contains("CT Precertificate SCTs")
        .contains("Mar  4 05:06:07.000 2026 GMT")
        .contains("ecdsa-with-SHA256");
  }

  @Test
  void opensslAcceptsTheChain(@TempDir Path folder) throws Exception {
    OpenSsl openssl =
        new OpenSsl(folder)
            .file("leaf.pem", leaf(VirtualKey.create(KeyType.EC_P256)).issue().pem())
            .file("chain.pem", sigstore.fulcio().chainPem())
            .file("root.pem", PemText.of("CERTIFICATE", sigstore.fulcio().root()));
    String time = Long.toString(NOW.getEpochSecond());
    assertThat(
            openssl.run(
                "verify",
                "-attime",
                time,
                "-x509_strict",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "chain.pem",
                "leaf.pem"))
        .isEqualTo("0 leaf.pem: OK\n");
    // a leaf of another authority has another issuer's key
    openssl.file("other.pem", PemText.of("CERTIFICATE", VirtualSigstore.at(NOW).fulcio().root()));
    assertThat(
            openssl.run(
                "verify",
                "-attime",
                time,
                "-CAfile",
                "other.pem",
                "-untrusted",
                "chain.pem",
                "leaf.pem"))
        .startsWith("2 ");
  }

  @Test
  void defectsAreThere() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.EC_P256);
    assertThat(leaf(key).asAuthority().issue().x509().getBasicConstraints()).isNotNegative();
    assertThat(leaf(key).purposes("1.3.6.1.5.5.7.3.1").issue().x509().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf(key).purposes().issue().x509().getExtendedKeyUsage()).isNull();
    assertThatThrownBy(() -> validate(leaf(key).unknownCriticalExtension().issue(), NOW))
        .isInstanceOf(CertPathValidatorException.class)
        .hasMessageContaining("critical");
    assertThatThrownBy(
            () -> validate(leaf(key).signedBy(VirtualKey.create(KeyType.EC_P384)).issue(), NOW))
        .isInstanceOf(CertPathValidatorException.class);
    X509Certificate own = leaf(key).subject("me", "me").selfSigned(key).issue().x509();
    own.verify(key.publicKey());
    assertThat(own.getIssuerX500Principal()).isEqualTo(own.getSubjectX500Principal());
    IssuedCertificate old = leaf(key).validity(NOW.minusSeconds(9), NOW.minusSeconds(1)).issue();
    assertThatThrownBy(() -> validate(old, NOW)).isInstanceOf(CertPathValidatorException.class);
  }

  @Test
  void detachedTimestampsCoverTheWholeCertificate() throws Exception {
    Bytes leaf =
        sigstore
            .fulcio()
            .leaf(VirtualKey.create(KeyType.EC_P256).spki(), NOW)
            .identity(ME)
            .issue()
            .der();
    Bytes signature =
        Base64Text.decode(
            ((JsonString) sigstore.ctLog().detached(NOW, leaf).get("signature").orElseThrow())
                .value(),
            "signature");
    // two algorithms, two bytes of length, then the signature
    assertThat(signature.slice(0, 2)).isEqualTo(Bytes.of((byte) 4, (byte) 3));
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(sigstore.ctLog().key().publicKey());
    Bytes.concat(
            Bytes.of((byte) 0, (byte) 0),
            Bytes.owning(ByteBuffer.allocate(8).putLong(NOW.toEpochMilli()).array()),
            Bytes.of((byte) 0, (byte) 0, (byte) 0),
            Bytes.of((byte) (leaf.size() >> 8), (byte) leaf.size()),
            leaf,
            Bytes.of((byte) 0, (byte) 0))
        .feed(verifier);
    assertThat(verifier.verify(signature.slice(4, signature.size()).toByteArray())).isTrue();
  }

  /**
   * What Fulcio sends to a log (RFC 6962 §3.2): the marked certificate stands for the other one.
   */
  @Test
  void precertificateIsReadAsTheCertificateWithoutTheMark() throws Exception {
    VirtualKey key = VirtualKey.create(KeyType.EC_P256);
    BigInteger serial = BigInteger.valueOf(4711);
    LeafBuilder plain = sigstore.fulcio().leaf(key.spki(), NOW).identity(ME).serial(serial);
    Bytes wanted = body(plain.issue().der());
    IssuedCertificate marked =
        sigstore
            .fulcio()
            .leaf(key.spki(), NOW)
            .identity(ME)
            .serial(serial)
            .extension("1.3.6.1.4.1.11129.2.4.3", true, Asn1.NULL)
            .issue();
    Bytes issuer = marked.chain().get(1);
    PreCertificate read = PreCertificate.parse(marked.der(), issuer);
    assertThat(read.body()).isEqualTo(wanted);
    assertThat(read.issuerSpki()).isEqualTo(sigstore.fulcio().issuingKey().spki());
    assertThatThrownBy(() -> PreCertificate.parse(plain.issue().der(), issuer))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("not a precertificate");
  }

  private static Bytes body(Bytes certificate) throws MalformedInputException {
    return new Asn1Reader(certificate, "certificate").enter(Asn1.SEQUENCE).readWhole(Asn1.SEQUENCE);
  }
}
