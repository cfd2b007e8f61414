package dev.bulla.kms.aws;

import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** AWS's names for keys and algorithms. */
final class AwsAlgorithms {

  private AwsAlgorithms() {}

  static Optional<String> spec(KeyType type) {
    return switch (type) {
      case EC_P256 -> Optional.of("ECC_NIST_P256");
      case EC_P384 -> Optional.of("ECC_NIST_P384");
      case EC_P521 -> Optional.of("ECC_NIST_P521");
      case RSA_2048 -> Optional.of("RSA_2048");
      case RSA_3072 -> Optional.of("RSA_3072");
      case RSA_4096 -> Optional.of("RSA_4096");
      case ED25519 -> Optional.empty();
    };
  }

  static String name(SignatureAlgorithm algorithm) {
    String hash = "SHA_" + algorithm.hash().lengthBytes() * 8;
    return switch (algorithm) {
      case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 -> "RSASSA_PKCS1_V1_5_" + hash;
      case RSA_PSS_SHA256 -> "RSASSA_PSS_" + hash;
      default -> "ECDSA_" + hash;
    };
  }

  /**
   * Those of the service's algorithms that we know, the natural one of the key first: a verifier
   * tries that before any other. None for Ed25519, which needs the message instead of its digest
   * and was never tried against the service.
   */
  static List<SignatureAlgorithm> of(KeyType type, List<String> names) {
    List<SignatureAlgorithm> found = new ArrayList<>();
    if (type == KeyType.ED25519) {
      return found;
    }
    SignatureAlgorithm natural = SignatureAlgorithm.natural(type);
    if (names.contains(name(natural))) {
      found.add(natural);
    }
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (algorithm.fits(type) && names.contains(name(algorithm)) && !found.contains(algorithm)) {
        found.add(algorithm);
      }
    }
    return found;
  }
}
