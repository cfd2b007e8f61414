package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.SigningInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How tokens are asked for signatures over digests, which we make: they know fewer hashes. */
final class Mechanism {

  static final long MAKE_RSA_KEY = 0x0;
  static final long MAKE_EC_KEY = 0x1040;

  private static final long RSA_PKCS1 = 0x1;
  private static final long ECDSA = 0x1041;

  private Mechanism() {}

  static long of(KeyType type) {
    return type.family() == KeyType.Family.EC ? ECDSA : RSA_PKCS1;
  }

  /** What a key signs by; first its own choice, which is not always SHA-256 as with cosign. */
  static List<SignatureAlgorithm> algorithms(KeyType type) {
    List<SignatureAlgorithm> algorithms = new ArrayList<>();
    algorithms.add(SignatureAlgorithm.natural(type));
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      // tokens differ in what they do with digests longer than the curve's numbers
      if (type.family() == KeyType.Family.RSA
          || hash.lengthBytes() <= TokenPublicKey.coordinateBytes(type)) {
        SignatureAlgorithm.of(type, hash)
            .filter(other -> !algorithms.contains(other))
            .ifPresent(algorithms::add);
      }
    }
    return List.copyOf(algorithms);
  }

  /** What is handed to the token: for RSA the digest with the name of its hash (RFC 8017 §9.2). */
  static Bytes input(KeyType type, SigningInput input) {
    return type.family() == KeyType.Family.EC
        ? input.bytes()
        : Bytes.concat(prefix(input.hash()), input.bytes());
  }

  private static Bytes prefix(HashAlgorithm hash) {
    String digits =
        switch (hash) {
          case SHA256 -> "3031300d060960864801650304020105000420";
          case SHA384 -> "3041300d060960864801650304020205000430";
          case SHA512 -> "3051300d060960864801650304020305000440";
        };
    try {
      return HexText.decode(digits, "constant");
    } catch (MalformedInputException e) {
      throw new IllegalStateException("a constant", e);
    }
  }

  /** A token's signature as everybody else writes it; nothing when its length is wrong. */
  static Optional<Bytes> output(KeyType type, Bytes signature) {
    if (type.family() != KeyType.Family.EC) {
      return Optional.of(signature);
    }
    return signature.size() == 2 * TokenPublicKey.coordinateBytes(type)
        ? Optional.of(Der.ecdsa(signature))
        : Optional.empty();
  }

  /** The reverse of {@link #output}. */
  static Optional<Bytes> asTokenWritesIt(KeyType type, Bytes signature) {
    return type.family() == KeyType.Family.EC
        ? Der.sideBySide(signature, TokenPublicKey.coordinateBytes(type))
        : Optional.of(signature);
  }
}
