package dev.bulla.admission.decide;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.ImageVerdict.Source;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.time.Instant;

/** Looks whether an image is signed as a rule of a cosign validator asks for. */
@FunctionalInterface
public interface ImageVerifier {

  /**
   * The digest that was verified: the image's own, or what its tag named.
   *
   * @param deadline when the answer is of no more use
   * @throws BullaException when nothing admits the image; the message is for the person who is
   *     denied
   */
  Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException;

  /**
   * The same, as somebody else where the registry asks. What he finds out answers for him alone.
   */
  default ImageVerifier with(PullLogin login) {
    return this;
  }

  /** A look for which everything but the registry was asked. */
  @FunctionalInterface
  interface Ready {

    /** As {@link ImageVerifier#verify}. */
    Digest verify() throws BullaException;
  }

  /**
   * Gets what verifying needs from elsewhere, such as keys, so that what follows is between us and
   * the registry.
   *
   * @throws BullaException as {@link #verify}, when that says already that nothing admits the image
   */
  default Ready prepare(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
    return () -> verify(image, rule, deadline);
  }

  /**
   * The same as a verdict that says where it is known from.
   *
   * @param dryRun whether nothing comes of the request: then no denial is remembered for later
   */
  default ImageVerdict judge(ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
    try {
      return ImageVerdict.verified(verify(image, rule, deadline), Source.LOOKED);
    } catch (BullaException e) {
      return ImageVerdict.failed(e, Source.LOOKED);
    }
  }

  /** The same with what the pod is pulled with, one login after another. */
  default ImageVerdict judge(
      ImageName image, RuleConfig rule, PullSecrets pulls, Instant deadline, boolean dryRun) {
    return pulls.judge(this, image, rule, deadline, dryRun);
  }
}
