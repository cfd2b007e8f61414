package dev.bulla.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.oci.Descriptor;

/**
 * A manifest as it came.
 *
 * @param descriptor media type as the registry named it, size and digest of the body; all three
 *     agree with the body
 * @param body the exact bytes
 */
public record FetchedManifest(Descriptor descriptor, Bytes body) {}
