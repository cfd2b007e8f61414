package dev.bulla.verify;

import dev.bulla.oci.DigestReference;
import java.util.List;

/**
 * An image with at least one signature that satisfies the policy.
 *
 * @param image the digest that was verified; what is run, copied or admitted must be exactly this
 * @param signatures those that count, in the order in which they were found
 * @param refusals the others, each with its reason
 */
public record VerifiedImage(
    DigestReference image,
    List<VerifiedSignature> signatures,
    List<dev.bulla.error.Refusal> refusals) {

  public VerifiedImage {
    signatures = List.copyOf(signatures);
    refusals = List.copyOf(refusals);
  }
}
