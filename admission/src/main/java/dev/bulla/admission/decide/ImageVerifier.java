package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.time.Instant;

/** Looks whether an image is signed as a rule of a cosign validator asks for. */
public interface ImageVerifier {

  /**
   * The digest that was verified: the image's own, or what its tag named.
   *
   * @param deadline when the answer is of no more use
   * @throws BullaException when nothing admits the image; the message is for the person who is
   *     denied
   */
  Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException;
}
