package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with what it was issued by.
 *
 * @param der the certificate
 * @param issuer the issuer's name in DER
 * @param serial its serial number
 * @param above the certificates above it, the root last
 */
public record IssuedCertificate(Bytes der, Bytes issuer, BigInteger serial, List<Bytes> above) {

  public IssuedCertificate {
    above = List.copyOf(above);
  }

  public String pem() {
    return PemText.of("CERTIFICATE", der);
  }

  /** The certificate, then those above it. */
  public List<Bytes> chain() {
    java.util.ArrayList<Bytes> all = new java.util.ArrayList<>();
    all.add(der);
    all.addAll(above);
    return List.copyOf(all);
  }

  /** The chain in PEM, the leaf first. */
  public String chainPem() {
    StringBuilder text = new StringBuilder();
    chain().forEach(one -> text.append(PemText.of("CERTIFICATE", one)));
    return text.toString();
  }

  /**
   * As the JDK sees it.
   *
   * @throws IllegalStateException when the JDK cannot read it
   */
  public X509Certificate x509() {
    return CertificateWriter.parse(der);
  }
}
