package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.NotProvenException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.tlog.EntryBody.EnvelopeSignature;
import dev.bulla.tlog.EntryBody.Hash;
import dev.bulla.tlog.EntryBody.OfRekorV1;
import dev.bulla.tlog.EntryBody.OverEnvelope;
import dev.bulla.tlog.EntryBody.OverHash;
import dev.bulla.tlog.EntryBody.Signer;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyEnvelope;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import java.util.Optional;

/**
 * Whether an entry of Rekor v1 is about exactly one signature: the one place where signature, key
 * or certificate and digest are compared with it. A genuine entry of something else has been
 * accepted by others more than once (CVE-2022-23649, CVE-2026-22703).
 */
final class EntryBinding {

  private EntryBinding() {}

  /**
   * Refuses an entry that is about anything else.
   *
   * @throws NotProvenException with the first difference
   */
  static void check(OfRekorV1 body, LoggedSignature claim) throws NotProvenException {
    switch (body) {
      case OverHash entry -> checkOverHash(entry, claim);
      case OverEnvelope entry -> checkOverEnvelope(entry, claim);
    }
  }

  private static void checkOverHash(OverHash entry, LoggedSignature claim)
      throws NotProvenException {
    if (claim.signed() instanceof Message message && entry.kind().equals("hashedrekord")) {
      checkHash(entry, message.algorithm(), message.digest());
    } else if (claim.signed() instanceof LegacyPayload legacy) {
      checkHash(entry, HashAlgorithm.SHA256, Digest.sha256(legacy.payload()).bytes());
    } else {
      throw other(claim, "the entry is not of a kind for this signature");
    }
    if (!entry.signature().equals(claim.signature())) {
      throw other(claim, "the entry holds another signature");
    }
    checkSigner(entry.signer(), claim);
  }

  private static void checkOverEnvelope(OverEnvelope entry, LoggedSignature claim)
      throws NotProvenException {
    if (claim.signed() instanceof Enveloped enveloped) {
      checkEnveloped(entry, enveloped, claim);
    } else if (claim.signed() instanceof LegacyEnvelope legacy) {
      // all signatures of the envelope are under this hash
      checkHash(entry.envelopeHash(), legacy.envelope(), "envelope", claim);
      checkAnySigner(entry, claim);
    } else {
      throw other(claim, "the entry is not of a kind for this signature");
    }
  }

  private static void checkHash(OverHash entry, HashAlgorithm algorithm, Bytes digest)
      throws NotProvenException {
    Hash hash = entry.hash();
    if (!hash.algorithm().equals(algorithm.ociName()) || !hash.value().equals(digest)) {
      throw new NotProvenException(
          ReasonCode.WRONG_LOG_ENTRY, "transparency log entry: the entry is about another digest");
    }
  }

  private static void checkEnveloped(OverEnvelope entry, Enveloped enveloped, LoggedSignature claim)
      throws NotProvenException {
    checkHash(entry.payloadHash(), enveloped.payload(), "payload", claim);
    for (EnvelopeSignature logged : entry.signatures()) {
      if (logged.signature().isPresent() && logged.signature().get().equals(claim.signature())) {
        checkSigner(logged.signer(), claim);
        return;
      }
    }
    throw other(claim, "the entry holds another signature");
  }

  private static void checkHash(
      Optional<Hash> hash, Bytes content, String of, LoggedSignature claim)
      throws NotProvenException {
    if (hash.isEmpty()
        || !hash.get().algorithm().equals(HashAlgorithm.SHA256.ociName())
        || !hash.get().value().equals(Digest.sha256(content).bytes())) {
      throw other(claim, "the entry is about another " + of);
    }
  }

  private static void checkAnySigner(OverEnvelope entry, LoggedSignature claim)
      throws NotProvenException {
    for (EnvelopeSignature logged : entry.signatures()) {
      if (isSigner(logged.signer(), claim)) {
        return;
      }
    }
    throw other(claim, "the entry names another signer");
  }

  private static void checkSigner(Signer signer, LoggedSignature claim) throws NotProvenException {
    if (!isSigner(signer, claim)) {
      throw other(claim, "the entry names another signer");
    }
  }

  private static boolean isSigner(Signer signer, LoggedSignature claim) {
    if (signer.isCertificate() && claim.certificate().isEmpty()) {
      return claim.signed() instanceof LegacyPayload && certifies(signer.der(), claim);
    }
    Bytes expected = claim.certificate().orElse(claim.key().spki());
    return signer.isCertificate() == claim.certificate().isPresent()
        && signer.der().equals(expected);
  }

  /**
   * Whoever signs with a key and has it certified logs the certificate, and whoever verifies by the
   * key asks for that key: the entry is of it, whatever else the certificate says.
   */
  private static boolean certifies(Bytes certificate, LoggedSignature claim) {
    try {
      return Certificate.parse(certificate).publicKey().spki().equals(claim.key().spki());
    } catch (MalformedInputException e) {
      return false;
    }
  }

  /** A difference; of envelopes it is another kind of refusal. */
  static NotProvenException other(LoggedSignature claim, String difference) {
    boolean envelope =
        claim.signed() instanceof Enveloped || claim.signed() instanceof LegacyEnvelope;
    return new NotProvenException(
        envelope ? ReasonCode.WRONG_ENVELOPE : ReasonCode.WRONG_LOG_ENTRY,
        "transparency log entry: " + difference);
  }
}
