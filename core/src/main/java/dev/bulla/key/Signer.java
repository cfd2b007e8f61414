package dev.bulla.key;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;

/**
 * Something that can sign: a key in memory, or one that never leaves a service or token. Safe for
 * use by several threads.
 */
public interface Signer extends AutoCloseable {

  /** The key that checks what this makes. */
  VerificationKey publicKey();

  /** The one algorithm this signs with. */
  SignatureAlgorithm algorithm();

  /**
   * A signature over the message, in the algorithm's plain output (ECDSA: ASN.1 DER). It is not
   * checked before it is returned.
   *
   * @throws KeyException when the key cannot be used
   */
  Bytes sign(Bytes message) throws KeyException;

  /** Gives up the key. Signing afterwards fails. */
  @Override
  void close();
}
