package dev.bulla.verify;

import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Turns the reasons of all candidates into the one exception. */
final class Denial {

  private Denial() {}

  static VerificationException of(String name, List<Candidate> candidates, List<Refusal> refusals) {
    List<String> reasons = new ArrayList<>();
    TreeSet<String> otherPredicates = new TreeSet<>();
    Optional<String> otherFormat = Optional.empty();
    boolean undecided = false;
    boolean malformed = false;
    boolean noLogEntry = false;
    boolean onlyWithoutCertificate = true;
    boolean anyLegacy = candidates.stream().anyMatch(LegacySignature.class::isInstance);
    for (Refusal refusal : refusals) {
      switch (refusal.reason()) {
        case UNDECIDED -> undecided = true;
        case MALFORMED, NO_INCLUSION_PROOF -> malformed = true;
        case NO_LOG_ENTRY -> noLogEntry = true;
        default -> {}
      }
      onlyWithoutCertificate &= refusal.reason() == ReasonCode.NO_CERTIFICATE;
      if (refusal.reason() == ReasonCode.OTHER_PREDICATE) {
        otherPredicates.add(refusal.detail());
      } else if (refusal.reason() == ReasonCode.OTHER_FORMAT) {
        otherFormat = Optional.of(refusal.detail());
      } else {
        reasons.add(refusal.detail());
      }
    }
    // the same of each, and the others say more
    otherFormat.ifPresent(reasons::add);
    Optional<String> attested =
        otherPredicates.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "attestations with predicate type "
                    + Quoted.plain(String.join(", ", otherPredicates))
                    + " were found; an attestation is not a signature of the image, check it"
                    + " with verify-attestation");
    if (undecided) {
      return new VerificationException(
          Outcome.UNDECIDED,
          "could not decide whether " + name + " is signed: " + String.join("\n ", reasons),
          refusals,
          "this is not the answer \"unsigned\": "
              + advice(candidates).orElse("try again when everything can be read"));
    }
    if (malformed) {
      return new VerificationException(
          Outcome.MALFORMED,
          "no usable signature: " + String.join("\n ", reasons),
          refusals,
          "something that claims to be a signature of the image cannot be read");
    }
    if (reasons.isEmpty()) {
      return new VerificationException(
          Outcome.NO_SIGNATURE, "no signatures found", refusals, attested.orElse(null));
    }
    if (onlyWithoutCertificate) {
      return new VerificationException(
          Outcome.NO_CERTIFICATE,
          "no certificate found on signature",
          refusals,
          "it was made with a key: name the public key with --key");
    }
    String hint =
        noLogEntry
            ? "to accept signatures without a transparency log entry, add --insecure-ignore-tlog"
            : attested.orElse(null);
    return new VerificationException(
        Outcome.REFUSED,
        anyLegacy || otherFormat.isPresent()
            ? "no matching signatures: " + String.join("\n ", reasons)
            : "no matching attestations: " + String.join("\n", reasons),
        refusals,
        hint);
  }

  /** What would have helped with the first place that could not be looked at. */
  private static Optional<String> advice(List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      if (candidate instanceof Unreadable unreadable
          && !unreadable.isMalformed()
          && unreadable.why().hint().isPresent()) {
        return unreadable.why().hint();
      }
    }
    return Optional.empty();
  }
}
