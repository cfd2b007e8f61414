package dev.bulla.evidence;

/** Something found where signatures are kept. Unchecked. */
public sealed interface Candidate permits LegacySignature, BundleSignature, Unreadable {

  /** Where it was found. */
  Origin origin();
}
