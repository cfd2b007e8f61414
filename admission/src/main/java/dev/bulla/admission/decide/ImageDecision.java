package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import java.util.Optional;

/**
 * What became of one image.
 *
 * @param image as the workload spells it
 * @param rule which decided; absent when none was found
 * @param admitted what the workload should name from now on; absent when denied
 * @param message for the person who is denied, or for the log
 */
public record ImageDecision(
    String image,
    Fate fate,
    Optional<RuleConfig> rule,
    Optional<ImageName> admitted,
    String message) {

  /** How it was decided. */
  public enum Fate {
    /** A static validator admits. */
    STATIC_ALLOW,
    /** A static validator denies. */
    STATIC_DENY,
    /** It is signed as asked for. */
    VERIFIED,
    /** It was there before. */
    UNCHANGED,
    /** It is not, or that could not be found out. */
    FAILED,
    /** Nobody could say in time. */
    TIMED_OUT
  }

  boolean isAdmitted() {
    return admitted.isPresent();
  }
}
