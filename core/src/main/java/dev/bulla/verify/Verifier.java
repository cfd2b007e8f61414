package dev.bulla.verify;

import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import dev.bulla.evidence.Candidate;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether an image, or any other bytes, are signed as a policy requires.
 *
 * <p>Every candidate is looked at for itself: one that cannot be read takes nothing away from the
 * others, and one that counts is enough. When none counts, the worst reason decides what kind of
 * "no" it is, in the order undecided, malformed, refused, absent.
 *
 * <p>Stateless and thread-safe.
 */
public final class Verifier {

  private Verifier() {}

  /**
   * Checks every candidate of an image.
   *
   * @throws VerificationException when no candidate satisfies the policy; with the fate of each
   */
  public static Verified<VerifiedImage> verify(SignedImage image, Policy policy)
      throws VerificationException {
    Fates fates = judge(Artifact.of(image), image.candidates(), policy);
    return new Verified<>(
        new VerifiedImage(image.image(), fates.accepted, fates.refusals), policy.relaxations());
  }

  /**
   * Checks everything that claims to be a signature of some bytes. Bundles of every version count.
   *
   * @throws VerificationException when no candidate satisfies the policy; with the fate of each
   */
  public static Verified<VerifiedBlob> verify(SignedBlob blob, Policy policy)
      throws VerificationException {
    Fates fates = judge(Artifact.of(blob), blob.candidates(), policy);
    return new Verified<>(
        new VerifiedBlob(blob.digest(), fates.accepted, fates.refusals), policy.relaxations());
  }

  /** What became of the candidates; at least one was accepted. */
  private static final class Fates {
    private final List<VerifiedSignature> accepted = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
  }

  private static Fates judge(Artifact artifact, List<Candidate> candidates, Policy policy)
      throws VerificationException {
    Fates fates = new Fates();
    CandidateJudge judge = new CandidateJudge(artifact, BoundedLookup.in(policy));
    for (Candidate candidate : candidates) {
      Verdict verdict = judge.judge(candidate);
      if (verdict instanceof Verdict.Accepted yes) {
        fates.accepted.add(yes.signature());
      } else {
        fates.refusals.add(((Verdict.Refused) verdict).refusal());
      }
    }
    if (fates.accepted.isEmpty()) {
      throw Denial.of(artifact.name(), candidates, fates.refusals);
    }
    return fates;
  }
}
