package dev.bulla.sigstore.rekor;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.BullaException;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.verify.LogLookup;
import java.util.List;

/**
 * Looks signatures of payloads up in a log, by all that an entry holds of them: the SHA-256 of the
 * payload, the signature, and the key or certificate. Source: sigstore/cosign, pkg/cosign/tlog.go.
 */
public final class RekorLookup implements LogLookup {

  private final LogSearch log;

  /** Over a log that can be searched. */
  public RekorLookup(LogSearch log) {
    this.log = log;
  }

  @Override
  public List<LogEntry> entries(LoggedSignature signature) throws BullaException {
    if (!(signature.signed() instanceof LegacyPayload payload)) {
      throw new IllegalArgumentException("not a signature of a payload");
    }
    return log.find(
        LogProposal.ofDigest(
            HashAlgorithm.SHA256,
            Digest.sha256(payload.payload()).bytes(),
            signature.signature(),
            signature.key(),
            signature.certificate()));
  }
}
