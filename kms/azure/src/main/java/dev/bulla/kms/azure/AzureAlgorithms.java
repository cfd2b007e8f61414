package dev.bulla.kms.azure;

import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import java.util.List;
import java.util.Optional;

/** Key Vault's names for algorithms, which are JOSE's (RFC 7518 §3.1). */
final class AzureAlgorithms {

  private AzureAlgorithms() {}

  /**
   * What a key of this type can sign with; first the one that verifiers try by themselves. An RSA
   * key signs with any of these, on a curve there is one.
   */
  static List<SignatureAlgorithm> of(KeyType type) {
    return type.family() == KeyType.Family.RSA
        ? List.of(
            SignatureAlgorithm.RSA_PKCS1_SHA256,
            SignatureAlgorithm.RSA_PKCS1_SHA384,
            SignatureAlgorithm.RSA_PKCS1_SHA512,
            SignatureAlgorithm.RSA_PSS_SHA256)
        : List.of(SignatureAlgorithm.natural(type));
  }

  /** Its name; empty when Key Vault does not sign that way. */
  static Optional<String> name(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case ECDSA_P256_SHA256 -> Optional.of("ES256");
      case ECDSA_P384_SHA384 -> Optional.of("ES384");
      case ECDSA_P521_SHA512 -> Optional.of("ES512");
      case RSA_PKCS1_SHA256 -> Optional.of("RS256");
      case RSA_PKCS1_SHA384 -> Optional.of("RS384");
      case RSA_PKCS1_SHA512 -> Optional.of("RS512");
      case RSA_PSS_SHA256 -> Optional.of("PS256");
      default -> Optional.empty();
    };
  }

  /** The length of a signature in bytes; of two numbers side by side on curves. */
  static int signatureBytes(KeyType type) {
    return switch (type) {
      case EC_P256, ED25519 -> 64;
      case EC_P384 -> 96;
      case EC_P521 -> 132;
      case RSA_2048 -> 256;
      case RSA_3072 -> 384;
      case RSA_4096 -> 512;
    };
  }
}
