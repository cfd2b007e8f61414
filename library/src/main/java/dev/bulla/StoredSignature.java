package dev.bulla;

import dev.bulla.digest.Digest;
import dev.bulla.oci.DigestReference;

/**
 * A signature that was read back from where it is kept, and verified with its signer's public key.
 *
 * @param place the full name of the object that holds it, e.g. {@code host/repo:sha256-….sig}
 * @param payload of the bytes that are signed
 * @param signature of the raw signature
 */
public record StoredSignature(
    DigestReference image,
    SignRequest.Format format,
    String place,
    Digest payload,
    Digest signature) {}
