package dev.bulla.admission.decide;

import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.util.Optional;

/**
 * What is known about the signatures of an image.
 *
 * @param digest which was verified; absent when nothing admits the image
 * @param failure why nothing admits it; absent when it was verified
 * @param source where that is known from
 */
public record ImageVerdict(
    Optional<Digest> digest, Optional<BullaException> failure, Source source) {

  /** Where a verdict is known from. */
  public enum Source {
    /** Its signatures were looked at for this request. */
    LOOKED,
    /** They were looked at lately, here or by another replica. */
    REMEMBERED,
    /** They were looked at before, and could not be looked at again now. */
    STALE
  }

  public ImageVerdict {
    if (digest.isPresent() == failure.isPresent()) {
      throw new IllegalArgumentException("either a digest or a failure");
    }
  }

  /** An image that may run. */
  public static ImageVerdict verified(Digest digest, Source source) {
    return new ImageVerdict(Optional.of(digest), Optional.empty(), source);
  }

  /** An image that may not. */
  public static ImageVerdict failed(BullaException failure, Source source) {
    return new ImageVerdict(Optional.empty(), Optional.of(failure), source);
  }
}
