package dev.bulla.admission.tls;

import dev.bulla.bytes.Bytes;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The certificate chain that the server shows, leaf first, with the key of the leaf. {@link
 * #toString()} shows no key.
 */
public final class ServerIdentity {

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * Reads a chain and its key.
   *
   * @param certificates PEM, leaf first
   * @param key PEM: PKCS #8, PKCS #1 or SEC 1, not encrypted
   * @throws MalformedInputException also when the key is not the leaf's
   */
  public static ServerIdentity parse(Bytes certificates, Bytes key) throws MalformedInputException {
    List<X509Certificate> chain = certificates(certificates, "TLS certificate");
    PublicKey leaf = chain.get(0).getPublicKey();
    PrivateKey parsed = privateKey(key, leaf);
    if (!belongTogether(parsed, leaf)) {
      throw new MalformedInputException("TLS key", "it is not the key of the certificate");
    }
    return new ServerIdentity(chain, parsed);
  }

  /** Every certificate in a PEM text; at least one. */
  static List<X509Certificate> certificates(Bytes pem, String what) throws MalformedInputException {
    List<X509Certificate> found = new ArrayList<>();
    for (Pem block : Pem.parseAll(pem, what)) {
      if (block.type().equals("CERTIFICATE")) {
        try {
          found.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(block.content().newInputStream()));
        } catch (CertificateException e) {
          throw new MalformedInputException(what, "not an X.509 certificate", e);
        }
      }
    }
    if (found.isEmpty()) {
      throw new MalformedInputException(what, "no certificate in PEM form");
    }
    return found;
  }

  static PrivateKey privateKey(Bytes pem, PublicKey leaf) throws MalformedInputException {
    for (Pem block : Pem.parseAll(pem, "TLS key")) {
      byte[] content = block.content().toByteArray();
      switch (block.type()) {
        case "PRIVATE KEY" -> {
          return load(content, leaf);
        }
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
          // the certificate says what PKCS #8 says and the older forms do not
          byte[] algorithm =
              DerReader.of(leaf.getEncoded(), "TLS key").enter(DerReader.SEQUENCE).element();
          return load(
              DerWriter.sequence(DerWriter.integer(0), algorithm, DerWriter.octets(content)), leaf);
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new MalformedInputException(
                "TLS key", "encrypted; it has to be without password");
        default -> {
          // "EC PARAMETERS" and certificates may stand in the same file
        }
      }
    }
    throw new MalformedInputException("TLS key", "no private key in PEM form");
  }

  private static PrivateKey load(byte[] pkcs8, PublicKey leaf) throws MalformedInputException {
    try {
      return KeyFactory.getInstance(leaf.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new MalformedInputException("TLS key", "it is not the key of the certificate", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  static boolean belongTogether(PrivateKey key, PublicKey leaf) {
    byte[] probe = new byte[32];
    new SecureRandom().nextBytes(probe);
    String name = leaf.getAlgorithm();
    String algorithm =
        name.equals("EC") ? "SHA256withECDSA" : name.equals("RSA") ? "SHA256withRSA" : name;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(leaf);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Leaf first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  PrivateKey key() {
    return key;
  }

  @Override
  public String toString() {
    return "ServerIdentity[" + chain.get(0).getSubjectX500Principal().getName() + "]";
  }
}
