package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.time.Instant;

/** Says which image a tag names now. */
public interface ImageResolver {

  /**
   * The image's own digest, without asking, or what its tag names.
   *
   * @param rule says how to log in at the registry
   * @param deadline when the answer is of no more use
   * @throws BullaException when there is no such image, or that could not be found out
   */
  Digest resolve(ImageName image, RuleConfig rule, Instant deadline) throws BullaException;

  /** The same, as somebody else where the registry asks. */
  default ImageResolver with(PullLogin login) {
    return this;
  }
}
