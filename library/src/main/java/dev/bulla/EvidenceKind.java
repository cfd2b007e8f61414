package dev.bulla;

/** What evidence is for, as far as commands choose among it. */
public enum EvidenceKind {
  /** Signatures of the image: under tags, and bundles. */
  SIGNATURES,
  /** Attestations about the image: under a tag, and bundles. */
  ATTESTATIONS,
  /** Bills of materials. */
  SBOMS,
  /** Any other referrer of the image. */
  OTHER_REFERRERS
}
