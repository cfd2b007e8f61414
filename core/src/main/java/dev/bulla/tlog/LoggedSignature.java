package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.VerificationKey;
import java.util.Optional;

/**
 * Exactly what a log has to have an entry of: one signature, who made it, and what it covers. An
 * entry of anything else is no evidence, however genuine it is.
 *
 * @param key the key that checks the signature
 * @param certificate the signer's certificate in DER, where the key comes from one
 */
public record LoggedSignature(
    Bytes signature, VerificationKey key, Optional<Bytes> certificate, Signed signed) {

  /** What the signature covers. */
  public sealed interface Signed {}

  /**
   * A message in a bundle.
   *
   * @param digest the message's, as the bundle records it
   */
  public record Message(HashAlgorithm algorithm, Bytes digest) implements Signed {}

  /**
   * A DSSE envelope in a bundle.
   *
   * @param payload decoded
   * @param signedBytes its pre-authentication encoding
   */
  public record Enveloped(Bytes payload, Bytes signedBytes) implements Signed {}

  /** The payload of a legacy signature, whose entry holds its SHA-256. */
  public record LegacyPayload(Bytes payload) implements Signed {}

  /** A legacy attestation, whose entry holds the SHA-256 of the envelope as it is stored. */
  public record LegacyEnvelope(Bytes envelope) implements Signed {}
}
