package dev.bulla.keys.kms;

import dev.bulla.key.VerificationKey;

/**
 * One version of a key. Rotation makes a new one; what older ones signed stays good until the
 * service says otherwise.
 *
 * @param name the service's name for it; empty where keys have no versions
 */
public record KmsKeyVersion(String name, VerificationKey publicKey) {}
