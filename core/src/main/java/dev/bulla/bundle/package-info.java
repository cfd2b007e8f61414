/**
 * The Sigstore bundle, versions 0.1 to 0.3: a signature with all that is needed to check it, in one
 * JSON document.
 *
 * <p>Start at {@link dev.bulla.bundle.Bundle}; {@link dev.bulla.bundle.BundleJson} reads and writes
 * it. A parsed bundle is well-formed and nothing more. Source: sigstore/protobuf-specs,
 * sigstore_bundle.proto and sigstore_rekor.proto, in proto3 JSON.
 */
@NullMarked
package dev.bulla.bundle;

import org.jspecify.annotations.NullMarked;
