package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody who signs, with a key that was made for this run. */
record Party(Signer signer) {

  private static final Map<KeyType, Party> SHARED = new ConcurrentHashMap<>();

  /**
   * The same party every time, for tests with one signer of that type: making an RSA key takes
   * long.
   */
  static Party ofType(KeyType type) {
    return SHARED.computeIfAbsent(type, Party::withKey);
  }

  /** A new party. */
  static Party withKey(KeyType type) {
    return withKey(type, SignatureAlgorithm.natural(type));
  }

  static Party withKey(KeyType type, SignatureAlgorithm algorithm) {
    try (PrivateKey key = PrivateKey.generate(type, new SecureRandom())) {
      return new Party(key.toSigner(algorithm));
    }
  }

  VerificationKey key() {
    return signer.publicKey();
  }

  Bytes sign(Bytes message) {
    try {
      return signer.sign(message);
    } catch (KeyException e) {
      throw new AssertionError(e);
    }
  }
}
