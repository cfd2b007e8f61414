package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;

/** Asks the verifier and says what came of it. */
final class Verdicts {

  private Verdicts() {}

  static boolean accepts(SignedImage image, Policy policy) {
    try {
      // an acceptance without a signature would be none
      return !Verifier.verify(image, policy).value().signatures().isEmpty();
    } catch (VerificationException e) {
      return false;
    }
  }

  static VerifiedImage accepted(SignedImage image, Policy policy) {
    try {
      return Verifier.verify(image, policy).value();
    } catch (VerificationException e) {
      throw new AssertionError(e.refusals().toString(), e);
    }
  }

  static VerificationException refused(SignedImage image, Policy policy) {
    VerificationException refusal =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(image, policy));
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.refusals()).hasSameSizeAs(image.candidates());
    return refusal;
  }

  static void assertRefused(
      SignedImage image, Policy policy, Outcome outcome, ReasonCode... reasons) {
    VerificationException refusal = refused(image, policy);
    assertThat(refusal.refusals()).extracting("reason").containsExactly((Object[]) reasons);
    assertThat(refusal.outcome()).isEqualTo(outcome);
  }
}
