package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.oci.Descriptor;
import java.util.Optional;

/**
 * A manifest as it came.
 *
 * @param descriptor media type as the registry named it, size and digest of the body; all three
 *     agree with the body
 * @param body the exact bytes
 * @param etag for a conditional request, when the registry named one
 */
public record FetchedManifest(Descriptor descriptor, Bytes body, Optional<String> etag) {

  public FetchedManifest(Descriptor descriptor, Bytes body) {
    this(descriptor, body, Optional.empty());
  }
}
