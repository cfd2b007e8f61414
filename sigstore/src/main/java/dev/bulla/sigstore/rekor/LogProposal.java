package dev.bulla.sigstore.rekor;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.key.VerificationKey;
import dev.bulla.tlog.LoggedSignature;
import java.util.Optional;

/** What a log is to record: one signature, who made it, and what it covers. */
public sealed interface LogProposal {

  /** What the entry has to be of. */
  LoggedSignature claim();

  /**
   * A signature over bytes of which the log sees the digest only.
   *
   * @param claim of a {@link LoggedSignature.Message}
   */
  record OfDigest(LoggedSignature claim) implements LogProposal {
    /** Checks that it is. */
    public OfDigest {
      if (!(claim.signed() instanceof LoggedSignature.Message)) {
        throw new IllegalArgumentException("not a signature over a digest");
      }
    }

    HashAlgorithm algorithm() {
      return ((LoggedSignature.Message) claim.signed()).algorithm();
    }

    Bytes digest() {
      return ((LoggedSignature.Message) claim.signed()).digest();
    }
  }

  /**
   * A DSSE envelope with one signature.
   *
   * @param claim of a {@link LoggedSignature.Enveloped}
   * @param text the envelope in JSON as it is stored, of which Rekor v1 keeps the hash
   */
  record OfEnvelope(LoggedSignature claim, Envelope envelope, Bytes text) implements LogProposal {
    /** Checks that it has one. */
    public OfEnvelope {
      if (!(claim.signed() instanceof LoggedSignature.Enveloped)
          || envelope.signatures().size() != 1) {
        throw new IllegalArgumentException("not an envelope with one signature");
      }
    }
  }

  /**
   * Proposes a signature over bytes with that digest.
   *
   * @param algorithm the hash that the signature uses inside; SHA-512 for Ed25519ph
   * @param certificate the signer's certificate in DER, where there is one; the log then records it
   *     instead of the key
   */
  static LogProposal ofDigest(
      HashAlgorithm algorithm,
      Bytes digest,
      Bytes signature,
      VerificationKey key,
      Optional<Bytes> certificate) {
    return new OfDigest(
        new LoggedSignature(
            signature, key, certificate, new LoggedSignature.Message(algorithm, digest)));
  }

  /**
   * Proposes an envelope.
   *
   * @param envelope with exactly one signature
   * @param text the same in JSON, as it is stored
   * @param certificate as with {@link #ofDigest}
   */
  static LogProposal ofEnvelope(
      Envelope envelope, Bytes text, VerificationKey key, Optional<Bytes> certificate) {
    return new OfEnvelope(
        new LoggedSignature(
            envelope.signatures().get(0).sig(),
            key,
            certificate,
            new LoggedSignature.Enveloped(envelope.payload(), envelope.signedBytes())),
        envelope,
        text);
  }
}
