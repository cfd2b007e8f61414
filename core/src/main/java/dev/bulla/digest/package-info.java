/**
 * Content digests: the names by which everything signed is known.
 *
 * <p>Start at {@link dev.bulla.digest.Digest}. The one home of hash computation. Digests are
 * public, so they are compared plainly. Source: OCI image-spec 1.1, descriptor.md, "Digests".
 */
@NullMarked
package dev.bulla.digest;

import org.jspecify.annotations.NullMarked;
