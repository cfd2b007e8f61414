package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import java.util.Optional;

/** Signs with a key that a service keeps. */
public final class KmsSigner implements Signer {

  private final KmsKey key;
  private final VerificationKey publicKey;
  private final SignatureAlgorithm algorithm;

  private KmsSigner(KmsKey key, VerificationKey publicKey, SignatureAlgorithm algorithm) {
    this.key = key;
    this.publicKey = publicKey;
    this.algorithm = algorithm;
  }

  /**
   * A signer for the key, by the algorithm that the key prefers. Asks the service for the public
   * key. Closing the signer closes the key; when this fails the key is still the caller's.
   */
  public static KmsSigner open(KmsKey key) throws KeyException {
    return new KmsSigner(key, key.versions().get(0).publicKey(), key.algorithms().get(0));
  }

  @Override
  public VerificationKey publicKey() {
    return publicKey;
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /**
   * The service's signature, checked with the public key before anybody sees it: services and what
   * stands in front of them have hashed twice, rotated in between and mixed up encodings.
   */
  @Override
  public Bytes sign(Bytes message) throws KeyException {
    Bytes signature = key.sign(SigningInput.of(algorithm, message));
    if (publicKey.check(message, signature, algorithm) instanceof SignatureCheck.Mismatch) {
      throw KeyException.of(
          KeyException.Problem.BAD_ANSWER,
          "the service's signature does not verify with the key's own public key",
          "nothing was stored; the key may have been rotated just now: try again",
          null);
    }
    return signature;
  }

  /** As {@link KmsKey#certificate()}. */
  public Optional<Bytes> certificate() throws KeyException {
    return key.certificate();
  }

  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "KmsSigner[" + algorithm + "]";
  }
}
