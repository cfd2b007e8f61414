package dev.bulla;

import dev.bulla.error.VerificationException;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;

/** What one of several policies makes of an image. */
public sealed interface PolicyVerdict {

  /** At least one signature satisfies the policy. */
  record Satisfied(Verified<VerifiedImage> image) implements PolicyVerdict {}

  /** None does, with the fate of each, or that could not be found out. */
  record Unsatisfied(VerificationException why) implements PolicyVerdict {}
}
