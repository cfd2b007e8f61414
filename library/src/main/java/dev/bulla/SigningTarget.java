package dev.bulla;

import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import java.util.Optional;

/**
 * A manifest to sign.
 *
 * @param descriptor its type and size, where they are known already
 */
public record SigningTarget(DigestReference image, Optional<Descriptor> descriptor) {}
