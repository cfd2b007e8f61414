package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.error.BullaException;
import java.util.Optional;

/**
 * What became of one image.
 *
 * @param image as the workload spells it
 * @param rule which decided; absent when none was found
 * @param admitted what the workload should name from now on; absent when denied
 * @param message for the person who is denied, or for the log
 * @param source where the verdict is known from; absent when no signature was asked about
 * @param failure why the signatures do not admit it, with the fate of each; absent when they do or
 *     none was asked about
 */
public record ImageDecision(
    String image,
    Fate fate,
    Optional<RuleConfig> rule,
    Optional<ImageName> admitted,
    String message,
    Optional<ImageVerdict.Source> source,
    Optional<BullaException> failure) {

  /** A decision without a look at signatures. */
  public ImageDecision(
      String image,
      Fate fate,
      Optional<RuleConfig> rule,
      Optional<ImageName> admitted,
      String message) {
    this(image, fate, rule, admitted, message, Optional.empty(), Optional.empty());
  }

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
    /** Its owner was admitted with it. */
    CHILD,
    /** It is not, or that could not be found out. */
    FAILED,
    /** Nobody could say in time. */
    TIMED_OUT
  }

  boolean isAdmitted() {
    return admitted.isPresent();
  }
}
