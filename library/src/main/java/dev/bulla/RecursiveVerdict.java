package dev.bulla;

import dev.bulla.error.BullaException;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Platform;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of an index and of what it lists.
 *
 * @param image the digest that the reference meant
 * @param manifests everything that was looked at, an index before its entries; under {@link
 *     Recursion#ANY} only what was needed
 */
public record RecursiveVerdict(DigestReference image, List<Checked> manifests) {

  /**
   * One manifest.
   *
   * @param platform as its index says
   * @param verified present when a signature of its own satisfies the policy
   * @param failure why the manifest lacks what was asked for; absent where a signature was not
   *     needed
   */
  public record Checked(
      DigestReference image,
      Optional<Platform> platform,
      Optional<Verified<VerifiedImage>> verified,
      Optional<BullaException> failure) {

    /** Digest and platform. */
    public String label() {
      return image + platform.map(p -> " (" + p + ")").orElse("");
    }
  }

  public RecursiveVerdict {
    manifests = List.copyOf(manifests);
  }

  /** One manifest, verified by itself. */
  public static RecursiveVerdict of(Verified<VerifiedImage> verified) {
    DigestReference image = verified.value().image();
    return new RecursiveVerdict(
        image,
        List.of(new Checked(image, Optional.empty(), Optional.of(verified), Optional.empty())));
  }

  /** Whether everything that was asked for is signed. */
  public boolean isSatisfied() {
    return worst().isEmpty();
  }

  /** The failure that is said of the whole; empty when everything that was asked for is signed. */
  public Optional<BullaException> worst() {
    BullaException worst = null;
    for (Checked checked : manifests) {
      if (checked.failure().isPresent()
          && (worst == null
              || checked.failure().get().code().severity() > worst.code().severity())) {
        worst = checked.failure().get();
      }
    }
    return Optional.ofNullable(worst);
  }

  /**
   * What was verified, by its own signatures; never empty.
   *
   * @throws BullaException the worst failure, if there was any
   */
  public List<Verified<VerifiedImage>> orThrow() throws BullaException {
    Optional<BullaException> worst = worst();
    if (worst.isPresent()) {
      throw worst.get();
    }
    List<Verified<VerifiedImage>> verified = new ArrayList<>();
    manifests.forEach(checked -> checked.verified().ifPresent(verified::add));
    return verified;
  }
}
