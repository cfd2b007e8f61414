package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** The pieces of X.509 certificates (RFC 5280). */
final class CertificateWriter {

  static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
  static final int DIGITAL_SIGNATURE = 0x80;
  private static final SecureRandom RANDOM = new SecureRandom();

  private CertificateWriter() {}

  /** What is signed of a certificate. */
  static Bytes body(
      BigInteger serial,
      Bytes signatureAlgorithm,
      Bytes issuer,
      Instant notBefore,
      Instant notAfter,
      Bytes subject,
      Bytes spki,
      List<Bytes> extensions) {
    return Asn1.sequence(
        Asn1.explicit(0, Asn1.integer(2)),
        Asn1.integer(serial),
        signatureAlgorithm,
        issuer,
        Asn1.sequence(Asn1.time(notBefore), Asn1.time(notAfter)),
        subject,
        spki,
        Asn1.explicit(3, Asn1.sequence(extensions)));
  }

  static Bytes certificate(Bytes body, VirtualKey signer) {
    HashAlgorithm hash = signer.hash();
    return Asn1.sequence(
        body, signer.algorithmIdentifier(hash), Asn1.bits(signer.sign(hash, body)));
  }

  static BigInteger randomSerial() {
    // one bit less than twenty bytes: positive, as RFC 5280 §4.1.2.2 wants it
    return new BigInteger(158, RANDOM).setBit(157);
  }

  /** A name of an organisation and a common name. */
  static Bytes name(String organization, String commonName) {
    return Asn1.sequence(
        Asn1.setOf(Asn1.sequence(Asn1.oid("2.5.4.10"), Asn1.utf8(organization))),
        Asn1.setOf(Asn1.sequence(Asn1.oid("2.5.4.3"), Asn1.utf8(commonName))));
  }

  static Bytes extension(String oid, boolean critical, Bytes value) {
    return critical
        ? Asn1.sequence(Asn1.oid(oid), Asn1.TRUE, Asn1.octets(value))
        : Asn1.sequence(Asn1.oid(oid), Asn1.octets(value));
  }

  static Bytes basicConstraints(boolean authority, int pathLength) {
    Bytes value =
        !authority
            ? Asn1.sequence()
            : pathLength < 0
                ? Asn1.sequence(Asn1.TRUE)
                : Asn1.sequence(Asn1.TRUE, Asn1.integer(pathLength));
    return extension("2.5.29.19", true, value);
  }

  static Bytes signatureUsage() {
    return extension("2.5.29.15", true, Asn1.flags(7, DIGITAL_SIGNATURE));
  }

  static Bytes authorityUsage() {
    return extension("2.5.29.15", true, Asn1.flags(1, 0x06));
  }

  static Bytes extendedUsage(boolean critical, List<String> purposes) {
    return extension(
        "2.5.29.37", critical, Asn1.sequence(purposes.stream().map(Asn1::oid).toList()));
  }

  static Bytes alternativeNames(List<Bytes> names) {
    return extension("2.5.29.17", true, Asn1.sequence(names));
  }

  /** A key's identifier: the front of its SHA-256 (RFC 7093 §2). */
  private static Bytes keyId(Bytes spki) {
    return PemText.sha256(spki).slice(0, 20);
  }

  static Bytes subjectKeyId(Bytes spki) {
    return extension("2.5.29.14", false, Asn1.octets(keyId(spki)));
  }

  static Bytes authorityKeyId(Bytes issuerSpki) {
    return extension("2.5.29.35", false, Asn1.sequence(Asn1.tagged(0x80, keyId(issuerSpki))));
  }

  static X509Certificate parse(Bytes der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509").generateCertificate(der.newInputStream());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK does not read this certificate", e);
    }
  }
}
