package dev.bulla.oci;

import dev.bulla.digest.Digest;

/**
 * A name that means the same content for ever.
 *
 * @param typed as the user typed it
 */
public record DigestReference(Repository repository, Digest digest, String typed)
    implements Reference {

  @Override
  public String tagOrDigest() {
    return digest.toString();
  }

  /** The full name: {@code index.docker.io/library/alpine@sha256:…}. */
  @Override
  public String toString() {
    return repository + "@" + digest;
  }
}
