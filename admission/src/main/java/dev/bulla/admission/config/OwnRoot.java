package dev.bulla.admission.config;

import dev.bulla.digest.Digest;
import dev.bulla.trust.TrustedRoot;
import java.util.Objects;

/**
 * The trusted root of a Sigstore of one's own. Two are equal when their files are.
 *
 * @param digest of the file
 */
public record OwnRoot(Digest digest, TrustedRoot root) {

  @Override
  public boolean equals(Object other) {
    return other instanceof OwnRoot that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(digest);
  }
}
