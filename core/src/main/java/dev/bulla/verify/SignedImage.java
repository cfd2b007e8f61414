package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.DigestReference;
import java.util.List;
import java.util.Optional;

/**
 * An artifact in a registry, by digest, with everything that was found where its signatures are
 * kept.
 *
 * @param manifest the bytes that the digest names, for signatures that were made over them
 *     directly; they are hashed before use
 * @param candidates unchecked, in the order in which they were found
 */
public record SignedImage(
    DigestReference image, Optional<Bytes> manifest, List<Candidate> candidates) {

  public SignedImage {
    candidates = List.copyOf(candidates);
  }

  /** An artifact whose bytes are not at hand. */
  public SignedImage(DigestReference image, List<Candidate> candidates) {
    this(image, Optional.empty(), candidates);
  }
}
