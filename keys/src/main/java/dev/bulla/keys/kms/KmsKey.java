package dev.bulla.keys.kms;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import java.util.List;
import java.util.Optional;

/**
 * One key in a service. Safe for use by several threads. Every failure is a {@link KeyException}
 * that says which {@linkplain KeyException#problem() kind} it is, names the exact permission where
 * one is missing, and holds no credential. Requests that were throttled or met a failing server are
 * repeated a few times before they fail.
 */
public interface KmsKey extends AutoCloseable {

  /**
   * The versions whose signatures the service would accept today; first the one that signs. Never
   * empty. Asked of the service once and kept.
   */
  List<KmsKeyVersion> versions() throws KeyException;

  /**
   * What the version that signs can sign with; first what it signs with when nothing else is asked
   * for. Never empty. The key decides, not the caller.
   */
  List<SignatureAlgorithm> algorithms() throws KeyException;

  /**
   * Makes the key when it is not there; one that is there stays as it is, whatever its type.
   *
   * @param type what to make; the service's usual type (P-256) when empty
   * @return the version that signs
   */
  KmsKeyVersion create(Optional<KeyType> type) throws KeyException;

  /**
   * Signs with the version that {@link #versions()} names first.
   *
   * @return the signature in the algorithm's plain output; ECDSA as ASN.1 DER
   */
  Bytes sign(SigningInput input) throws KeyException;

  /** Whether the service itself takes this for a signature by that version. */
  boolean verify(KmsKeyVersion version, SigningInput input, Bytes signature) throws KeyException;

  /**
   * The certificate that lies beside the key, as on tokens; DER. It is for the version that signs.
   *
   * @return nothing where there is none, and from services that keep no certificates
   */
  default Optional<Bytes> certificate() throws KeyException {
    return Optional.empty();
  }

  /** Gives up connections and forgets credentials. */
  @Override
  void close();
}
