package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.VerificationKey;

/**
 * Somebody else who has to agree that a signature is good after the key said so: the service that
 * keeps the key. It can take a verdict away and never give one.
 */
@FunctionalInterface
public interface SecondOpinion {

  /**
   * Whether it agrees.
   *
   * @throws BullaException when it could not be asked; the signature is then undecided
   */
  boolean confirms(
      VerificationKey key, SignatureAlgorithm algorithm, Bytes message, Bytes signature)
      throws BullaException;
}
