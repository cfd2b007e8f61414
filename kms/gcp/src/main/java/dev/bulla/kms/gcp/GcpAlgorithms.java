package dev.bulla.kms.gcp;

import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import java.util.Optional;

/** Cloud KMS's names for algorithms. A version of a key has exactly one. */
final class GcpAlgorithms {

  private GcpAlgorithms() {}

  /** What a new key of this type signs with. */
  static Optional<String> toMake(KeyType type) {
    return switch (type) {
      case EC_P256 -> Optional.of("EC_SIGN_P256_SHA256");
      case EC_P384 -> Optional.of("EC_SIGN_P384_SHA384");
      case EC_P521 -> Optional.empty();
      case RSA_2048 -> Optional.of("RSA_SIGN_PKCS1_2048_SHA256");
      case RSA_3072 -> Optional.of("RSA_SIGN_PKCS1_3072_SHA256");
      case RSA_4096 -> Optional.of("RSA_SIGN_PKCS1_4096_SHA256");
      case ED25519 -> Optional.of("EC_SIGN_ED25519");
    };
  }

  /** Those that others can verify. */
  static Optional<SignatureAlgorithm> of(String name) {
    return switch (name) {
      case "EC_SIGN_P256_SHA256" -> Optional.of(SignatureAlgorithm.ECDSA_P256_SHA256);
      case "EC_SIGN_P384_SHA384" -> Optional.of(SignatureAlgorithm.ECDSA_P384_SHA384);
      case "EC_SIGN_ED25519" -> Optional.of(SignatureAlgorithm.ED25519);
      case "RSA_SIGN_PKCS1_2048_SHA256",
          "RSA_SIGN_PKCS1_3072_SHA256",
          "RSA_SIGN_PKCS1_4096_SHA256" ->
          Optional.of(SignatureAlgorithm.RSA_PKCS1_SHA256);
      case "RSA_SIGN_PKCS1_4096_SHA512" -> Optional.of(SignatureAlgorithm.RSA_PKCS1_SHA512);
      case "RSA_SIGN_PSS_2048_SHA256", "RSA_SIGN_PSS_3072_SHA256", "RSA_SIGN_PSS_4096_SHA256" ->
          Optional.of(SignatureAlgorithm.RSA_PSS_SHA256);
      default -> Optional.empty();
    };
  }
}
