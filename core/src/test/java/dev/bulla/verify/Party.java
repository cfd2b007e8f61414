package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import java.security.SecureRandom;

/** Somebody with a freshly made key. */
record Party(Signer signer) {

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
