package dev.bulla.verify;

import dev.bulla.digest.Digest;
import dev.bulla.error.Refusal;
import java.util.List;

/**
 * Bytes with at least one signature that satisfies the policy.
 *
 * @param digest of the bytes that were verified
 * @param signatures those that count, in the order in which they came
 * @param refusals the others, each with its reason
 */
public record VerifiedBlob(
    Digest digest, List<VerifiedSignature> signatures, List<Refusal> refusals) {

  public VerifiedBlob {
    signatures = List.copyOf(signatures);
    refusals = List.copyOf(refusals);
  }
}
