package dev.bulla.admission.server;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.review.ReviewRequest;
import java.time.Duration;
import java.util.Optional;

/** Told what was decided, before the API server is. */
public interface Announcer {

  /** Tells nobody. */
  Announcer NONE = (request, decision, within) -> Optional.empty();

  /**
   * Announces a decision.
   *
   * @param within how long whoever must be told is waited for
   * @return why nothing may be admitted, since who must be told could not be
   */
  Optional<String> announce(ReviewRequest request, Decision decision, Duration within)
      throws InterruptedException;
}
