package dev.bulla.registry;

import dev.bulla.digest.Digest;
import java.util.Optional;

/**
 * What a registry said about a manifest that it took.
 *
 * @param digest of the manifest
 * @param subjectAcknowledged whether the registry itself lists the manifest among the referrers of
 *     its subject ({@code OCI-Subject})
 * @param etag for a later conditional request
 */
public record PutResult(Digest digest, boolean subjectAcknowledged, Optional<String> etag) {}
