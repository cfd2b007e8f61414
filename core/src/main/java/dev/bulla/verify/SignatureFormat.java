package dev.bulla.verify;

import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;

/** The formats that a signature of an image can have, wherever it is kept. */
public enum SignatureFormat {
  /** The older one: a simple-signing payload, and its signature in an annotation. */
  LEGACY("a Sigstore bundle does not count here, only signatures in the older format do"),
  /** A Sigstore bundle. */
  BUNDLE("a signature in the older format does not count here, only Sigstore bundles do");

  private final String othersDoNotCount;

  SignatureFormat(String othersDoNotCount) {
    this.othersDoNotCount = othersDoNotCount;
  }

  /** Whether a candidate that could be read has this format. */
  boolean isOf(Candidate candidate) {
    return this == LEGACY
        ? candidate instanceof LegacySignature
        : candidate instanceof BundleSignature;
  }

  /** What to say of a signature of the other format where only this one counts. */
  String othersDoNotCount() {
    return othersDoNotCount;
  }
}
