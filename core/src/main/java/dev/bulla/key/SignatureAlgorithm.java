package dev.bulla.key;

import dev.bulla.digest.HashAlgorithm;
import java.util.Optional;

/**
 * The allow-list: every combination of key type, hash and mode that can make or break a verdict.
 * Which of them is used follows from the key and the policy, never from a field of the evidence
 * that nobody signed.
 *
 * <p>ECDSA signatures are ASN.1 DER when made; RSA signatures are PKCS #1 v1.5 unless named PSS.
 */
public enum SignatureAlgorithm {
  ECDSA_P256_SHA256(KeyType.EC_P256, HashAlgorithm.SHA256),
  ECDSA_P256_SHA384(KeyType.EC_P256, HashAlgorithm.SHA384),
  ECDSA_P256_SHA512(KeyType.EC_P256, HashAlgorithm.SHA512),
  /**
   * What keys on P-384 and P-521 signed with before cosign 3; the hash is the weaker part, not a
   * weakness.
   */
  ECDSA_P384_SHA256(KeyType.EC_P384, HashAlgorithm.SHA256),
  ECDSA_P384_SHA384(KeyType.EC_P384, HashAlgorithm.SHA384),
  ECDSA_P384_SHA512(KeyType.EC_P384, HashAlgorithm.SHA512),
  ECDSA_P521_SHA256(KeyType.EC_P521, HashAlgorithm.SHA256),
  ECDSA_P521_SHA384(KeyType.EC_P521, HashAlgorithm.SHA384),
  ECDSA_P521_SHA512(KeyType.EC_P521, HashAlgorithm.SHA512),
  RSA_PKCS1_SHA256(KeyType.Family.RSA, HashAlgorithm.SHA256, "SHA256withRSA"),
  RSA_PKCS1_SHA384(KeyType.Family.RSA, HashAlgorithm.SHA384, "SHA384withRSA"),
  RSA_PKCS1_SHA512(KeyType.Family.RSA, HashAlgorithm.SHA512, "SHA512withRSA"),
  /** MGF1 with SHA-256 and a salt of 32 bytes; checked only where it is asked for by name. */
  RSA_PSS_SHA256(KeyType.Family.RSA, HashAlgorithm.SHA256, "RSASSA-PSS"),
  /** RFC 8032 §5.1: over the message itself. */
  ED25519(KeyType.Family.ED25519, HashAlgorithm.SHA512, "Ed25519"),
  /** RFC 8032 §5.1 with prehash and an empty context: over the SHA-512 of the message. */
  ED25519PH(KeyType.Family.ED25519, HashAlgorithm.SHA512, "Ed25519");

  private final KeyType.Family family;
  private final Optional<KeyType> onlyType;
  private final HashAlgorithm hash;
  private final String jcaName;

  SignatureAlgorithm(KeyType curve, HashAlgorithm hash) {
    this.family = KeyType.Family.EC;
    this.onlyType = Optional.of(curve);
    this.hash = hash;
    this.jcaName = hash.jcaName().replace("-", "") + "withECDSA";
  }

  SignatureAlgorithm(KeyType.Family family, HashAlgorithm hash, String jcaName) {
    this.family = family;
    this.onlyType = Optional.empty();
    this.hash = hash;
    this.jcaName = jcaName;
  }

  /**
   * The algorithm a key of this type signs with when nothing else is asked for: P-256 with SHA-256,
   * P-384 with SHA-384, P-521 with SHA-512, RSA PKCS #1 v1.5 with SHA-256, and pure Ed25519.
   *
   * <p>Pure, because that is what every verifier tries with a given key; {@link #ED25519PH} is for
   * the log entries that carry only a hash.
   */
  public static SignatureAlgorithm natural(KeyType type) {
    return switch (type) {
      case EC_P256 -> ECDSA_P256_SHA256;
      case EC_P384 -> ECDSA_P384_SHA384;
      case EC_P521 -> ECDSA_P521_SHA512;
      case RSA_2048, RSA_3072, RSA_4096 -> RSA_PKCS1_SHA256;
      case ED25519 -> ED25519;
    };
  }

  /**
   * ECDSA or RSA PKCS #1 v1.5 with the given hash; empty for Ed25519, which has no choice of hash.
   */
  public static Optional<SignatureAlgorithm> of(KeyType type, HashAlgorithm hash) {
    if (type.family() == KeyType.Family.ED25519) {
      return Optional.empty();
    }
    for (SignatureAlgorithm candidate : values()) {
      if (candidate.fits(type) && candidate.hash == hash && candidate != RSA_PSS_SHA256) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Whether a key of this type can make such a signature. */
  public boolean fits(KeyType type) {
    return type.family() == family && (onlyType.isEmpty() || onlyType.get() == type);
  }

  /**
   * The hash of the scheme. Pure Ed25519 uses it inside and is not a signature over the message's
   * hash.
   */
  public HashAlgorithm hash() {
    return hash;
  }

  /** The name of the signature object in the Java Cryptography Architecture. */
  String jcaName() {
    return jcaName;
  }
}
