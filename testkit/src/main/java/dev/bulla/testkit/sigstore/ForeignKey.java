package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.Pem;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/** A public key, or a certificate with one, that a client sent. */
final class ForeignKey {

  private final PublicKey key;
  private final Optional<X509Certificate> certificate;
  private final Bytes der;

  private ForeignKey(PublicKey key, Optional<X509Certificate> certificate, Bytes der) {
    this.key = key;
    this.certificate = certificate;
    this.der = der;
  }

  static ForeignKey parsePem(Bytes text) throws MalformedInputException {
    Pem pem = Pem.parseFirst(text, "public key");
    return switch (pem.type()) {
      case "PUBLIC KEY" -> parseSpki(pem.content());
      case "CERTIFICATE" -> parseCertificate(pem.content());
      default -> throw new MalformedInputException("public key", "another type of PEM");
    };
  }

  static ForeignKey parseCertificate(Bytes der) throws MalformedInputException {
    try {
      X509Certificate parsed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509").generateCertificate(der.newInputStream());
      return new ForeignKey(parsed.getPublicKey(), Optional.of(parsed), der);
    } catch (GeneralSecurityException e) {
      throw new MalformedInputException("certificate", "the JDK does not read it", e);
    }
  }

  static ForeignKey parseSpki(Bytes der) throws MalformedInputException {
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        PublicKey key =
            KeyFactory.getInstance(algorithm)
                .generatePublic(new X509EncodedKeySpec(der.toByteArray()));
        return new ForeignKey(key, Optional.empty(), der);
      } catch (InvalidKeySpecException e) {
        // another algorithm's, or nobody's
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK has " + algorithm, e);
      }
    }
    throw new MalformedInputException("public key", "no SubjectPublicKeyInfo of a known kind");
  }

  Optional<X509Certificate> certificate() {
    return certificate;
  }

  Bytes spki() {
    return Bytes.of(key.getEncoded());
  }

  /** As it came, certificate or key. */
  Bytes der() {
    return der;
  }

  /** The same in PEM as Go writes it. */
  String pem() {
    return PemText.of(certificate.isPresent() ? "CERTIFICATE" : "PUBLIC KEY", der);
  }

  private int curveBits() {
    return key instanceof ECPublicKey ec ? ec.getParams().getOrder().bitLength() : 0;
  }

  /** The hash that goes with the key. */
  HashAlgorithm hash() {
    if (key instanceof RSAPublicKey || curveBits() == 256) {
      return HashAlgorithm.SHA256;
    }
    return curveBits() == 384 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA512;
  }

  /** The {@code PublicKeyDetails} that a log wants for it. */
  String keyDetails() {
    if (key instanceof RSAPublicKey rsa) {
      return "PKIX_RSA_PKCS1V15_" + rsa.getModulus().bitLength() + "_SHA256";
    }
    return switch (curveBits()) {
      case 256 -> "PKIX_ECDSA_P256_SHA_256";
      case 384 -> "PKIX_ECDSA_P384_SHA_384";
      case 521 -> "PKIX_ECDSA_P521_SHA_512";
      default -> "PKIX_ED25519_PH";
    };
  }

  private String family() {
    return key instanceof RSAPublicKey ? "RSA" : key instanceof ECPublicKey ? "ECDSA" : "Ed25519";
  }

  /** Whether the message is signed, with the key's own hash or, as older clients do, SHA-256. */
  boolean verifies(Bytes message, Bytes signature) {
    if (family().equals("Ed25519")) {
      return check("Ed25519", message, signature, false)
          || check("Ed25519", message, signature, true);
    }
    return check("SHA" + hash().lengthBytes() * 8 + "with" + family(), message, signature, false)
        || check("SHA256with" + family(), message, signature, false);
  }

  /** Whether a message of that digest is signed; Ed25519 needs the message, so: unknown. */
  boolean verifiesDigest(HashAlgorithm hash, Bytes digest, Bytes signature) {
    return switch (family()) {
      case "ECDSA" -> check("NONEwithECDSA", digest, signature, false);
      case "RSA" -> check("NONEwithRSA", digestInfo(hash, digest), signature, false);
      default -> signature.size() == 64;
    };
  }

  /** RFC 8017 §9.2. */
  private static Bytes digestInfo(HashAlgorithm hash, Bytes digest) {
    return Asn1.sequence(VirtualTsa.algorithm(hash), Asn1.octets(digest));
  }

  private boolean check(String algorithm, Bytes message, Bytes signature, boolean prehash) {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      if (prehash) {
        verifier.setParameter(new EdDSAParameterSpec(true));
      }
      verifier.initVerify(key);
      message.feed(verifier);
      return verifier.verify(signature.toByteArray());
    } catch (SignatureException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has " + algorithm, e);
    }
  }
}
