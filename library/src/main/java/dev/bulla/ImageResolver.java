package dev.bulla;

import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import dev.bulla.registry.RegistryClient;
import java.util.Optional;

/** Tag to digest, once. */
final class ImageResolver {

  private final RegistryClient client;

  ImageResolver(RegistryClient client) {
    this.client = client;
  }

  DigestReference resolve(Reference image) throws RegistryException {
    return image instanceof DigestReference already
        ? already
        : new DigestReference(image.repository(), describe(image).digest(), image.typed());
  }

  /** The manifest's type, size and digest, from the registry. */
  Descriptor describe(Reference image) throws RegistryException {
    Optional<Descriptor> found = client.headManifest(image);
    if (found.isEmpty()) {
      // the answer to HEAD has no body; the registry's own words come with GET
      client.requireManifest(image.repository(), image.tagOrDigest());
      throw new RegistryException(
          RegistryException.Kind.BAD_RESPONSE, image + " is missing for HEAD and present for GET");
    }
    return found.get();
  }
}
