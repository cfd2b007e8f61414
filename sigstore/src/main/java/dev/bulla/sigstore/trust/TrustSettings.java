package dev.bulla.sigstore.trust;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which Sigstore instance is trusted, and where on this machine.
 *
 * @param home the folder that keeps trust material; {@code TUF_ROOT}, else {@code ~/.sigstore/root}
 * @param mirror address of the TUF repository, from {@code TUF_MIRROR}; else the one that {@code
 *     initialize} chose, else that of the public instance
 * @param rootFile the first root of another repository than the public one, from {@code
 *     TUF_ROOT_JSON}
 * @param offline whether only what is kept counts
 */
public record TrustSettings(
    Path home, Optional<String> mirror, Optional<Path> rootFile, boolean offline) {}
