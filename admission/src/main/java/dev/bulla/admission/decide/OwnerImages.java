package dev.bulla.admission.decide;

import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.digest.Digest;
import java.time.Instant;
import java.util.Map;

/** Says which images the owners of an object were admitted with. */
@FunctionalInterface
public interface OwnerImages {

  /** No owner was ever admitted. */
  OwnerImages NONE = (request, deadline) -> Map.of();

  /**
   * The images that were admitted for the owners of the object of a request.
   *
   * <p>Whatever could not be found out is left out: such an image is looked at like any other.
   *
   * @param deadline when the answer is of no more use
   * @return each image as its owner spells it, and the digest that was verified for it
   */
  Map<String, Digest> of(ReviewRequest request, Instant deadline) throws InterruptedException;

  /** Told of each decision; what it admits may own others. */
  default void decided(ReviewRequest request, Decision decision) {}
}
