package dev.bulla.admission.decide;

import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import java.time.Instant;

/** Reads what the pods of an object may pull their images with. */
@FunctionalInterface
public interface PodSecrets {

  /** No pod has any. */
  PodSecrets NONE = (request, workload, deadline) -> PullSecrets.NONE;

  /** Says of every pod why nothing could be read. */
  static PodSecrets unreadable(String why) {
    PullSecrets none = PullSecrets.NONE.withUnread(why);
    return (request, workload, deadline) -> none;
  }

  /**
   * The secrets that the object under review names, in the namespace of the request and in no
   * other. What cannot be read is told of in what is returned.
   *
   * @param deadline when the answer is of no more use
   */
  PullSecrets of(ReviewRequest request, Workload workload, Instant deadline)
      throws InterruptedException;
}
