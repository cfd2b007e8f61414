/**
 * The nouns of the OCI specifications as values: references, descriptors, manifests and indexes.
 *
 * <p>Start at {@link dev.bulla.oci.Reference}, which is either a tag or a digest, so that a
 * signature can say which of the two it takes. An instance that exists is valid. Values know
 * nothing of registries, caches or clients. Sources: OCI image-spec 1.1 (manifest.md,
 * image-index.md, descriptor.md), distribution-spec 1.1 (names and tags), and the Docker Hub
 * defaults that every client of this field applies.
 */
@NullMarked
package dev.bulla.oci;

import org.jspecify.annotations.NullMarked;
