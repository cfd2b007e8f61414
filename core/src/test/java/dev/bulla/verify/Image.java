package dev.bulla.verify;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.evidence.Candidate;
import dev.bulla.oci.Repository;
import java.util.List;
import java.util.Optional;

/** An image that may be signed. Only its bytes matter, not that they are no manifest. */
record Image(Bytes manifest) {

  private static final Repository REPOSITORY = repository("r.io/app");

  private static Repository repository(String name) {
    try {
      return Repository.parse(name);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  static Image of(String content) {
    return new Image(Bytes.utf8(content));
  }

  Digest digest() {
    return Digest.sha256(manifest);
  }

  /** The image with what was found beside it. */
  SignedImage with(List<? extends Candidate> candidates) {
    return new SignedImage(REPOSITORY.at(digest()), Optional.of(manifest), List.copyOf(candidates));
  }

  SignedImage with(Candidate... candidates) {
    return with(List.of(candidates));
  }

  SignedImage withoutManifest(Candidate... candidates) {
    return new SignedImage(REPOSITORY.at(digest()), List.of(candidates));
  }
}
