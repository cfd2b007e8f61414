package dev.bulla.admission.decide;

/**
 * What the webhook does beside its rules.
 *
 * @param detectionMode lets everything through and warns of what would have been denied
 * @param podsOnly lets everything but pods through and warns likewise
 * @param unchangedApproval lets an update keep the images that the object had
 * @param childApproval lets an object have the images that its owner was admitted with; without
 *     effect where only pods are decided about
 */
public record Features(
    boolean detectionMode, boolean podsOnly, boolean unchangedApproval, boolean childApproval) {

  /** Decides about everything. */
  public static final Features NONE = new Features(false, false, false, false);
}
