package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.SignatureAlgorithm;
import java.security.MessageDigest;

/**
 * What a service is asked to sign: a digest that never travels without the algorithm it belongs to,
 * so that nobody has to guess the hash from its length or from a default.
 *
 * @param algorithm how it is to be signed
 * @param bytes the digest by {@link #hash()}; for pure Ed25519, which hashes for itself, the
 *     message
 */
public record SigningInput(SignatureAlgorithm algorithm, Bytes bytes) {

  public SigningInput {
    if (algorithm != SignatureAlgorithm.ED25519 && bytes.size() != algorithm.hash().lengthBytes()) {
      throw new IllegalArgumentException("not a digest for " + algorithm);
    }
  }

  /** What has to be signed for a signature over the message by this algorithm. */
  public static SigningInput of(SignatureAlgorithm algorithm, Bytes message) {
    if (algorithm == SignatureAlgorithm.ED25519) {
      return new SigningInput(algorithm, message);
    }
    MessageDigest digest = algorithm.hash().newDigest();
    message.feed(digest);
    return new SigningInput(algorithm, Bytes.owning(digest.digest()));
  }

  /** Whether {@link #bytes()} is a digest; otherwise it is the message. */
  public boolean isDigest() {
    return algorithm != SignatureAlgorithm.ED25519;
  }

  /** The hash that made the digest. */
  public HashAlgorithm hash() {
    return algorithm.hash();
  }
}
