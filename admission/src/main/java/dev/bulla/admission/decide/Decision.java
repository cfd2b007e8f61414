package dev.bulla.admission.decide;

import dev.bulla.admission.review.ReviewAnswer;
import java.util.List;

/**
 * What became of a request.
 *
 * @param answer what the API server is told
 * @param images each distinct image once, in the order of the workload; empty when none was looked
 *     at
 * @param category whom it is reported to
 */
public record Decision(ReviewAnswer answer, List<ImageDecision> images, Category category) {

  /** How it ended, whatever the API server was told. */
  public enum Category {
    /** Every image was admitted, and at least one looked at. */
    SUCCESS,
    /** No image had to be looked at. */
    SKIP,
    /** An image was denied. */
    DENIED,
    /** Not everything was known in time. */
    TIMEOUT,
    /** The object is none that can be looked at. */
    INVALID
  }

  public Decision {
    images = List.copyOf(images);
  }
}
