package dev.bulla.evidence;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Bytes;

/**
 * A Sigstore bundle attached to an artifact.
 *
 * @param raw the bundle's bytes as received
 */
public record BundleSignature(Origin origin, Bundle bundle, Bytes raw) implements Candidate {}
