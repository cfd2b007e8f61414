package dev.bulla.store;

import dev.bulla.evidence.SignatureObject;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Repository;
import java.util.Optional;

/**
 * Where and how evidence is kept, when not in the usual way.
 *
 * @param repository the repository that holds evidence instead of the image's own ({@code
 *     COSIGN_REPOSITORY})
 * @param tagPrefix what the tags of signature objects start with; not used for referrers
 * @param flavour media types of new signature objects
 * @param maxPayload the largest payload that is read, in bytes
 */
public record StoreOptions(
    Optional<Repository> repository,
    String tagPrefix,
    SignatureObject.Flavour flavour,
    long maxPayload) {

  public static StoreOptions defaults() {
    return new StoreOptions(
        Optional.empty(), "", SignatureObject.Flavour.OCI, Limits.MAX_ATTACHMENT);
  }

  /** The repository that holds evidence of images in another one. */
  public Repository repositoryFor(Repository image) {
    return repository.orElse(image);
  }
}
