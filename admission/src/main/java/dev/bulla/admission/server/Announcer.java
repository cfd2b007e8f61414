package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.review.ReviewRequest;
import java.util.Optional;

/** Told what was decided, before the API server is. */
public interface Announcer {

  /** Tells nobody. */
  Announcer NONE = (request, decision) -> Optional.empty();

  /**
   * Announces a decision.
   *
   * @return why nothing may be admitted, since who must be told could not be
   */
  Optional<String> announce(ReviewRequest request, Decision decision) throws InterruptedException;
}
