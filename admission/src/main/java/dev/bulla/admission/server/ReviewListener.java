package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.review.ReviewRequest;
import java.time.Duration;

/** Told of each review once it is decided. The answer waits for it, so it returns at once. */
@FunctionalInterface
public interface ReviewListener {

  /** Listens to nothing. */
  ReviewListener NONE = (path, review, decision, took) -> {};

  /**
   * A review was decided.
   *
   * @param path one of the server's own
   */
  void answered(String path, ReviewRequest review, Decision decision, Duration took);
}
