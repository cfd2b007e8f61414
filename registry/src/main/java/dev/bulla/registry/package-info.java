/**
 * The conversation with an OCI registry (distribution-spec 1.1): manifests, blobs, referrers, tags.
 *
 * <p>Start at {@link dev.bulla.registry.RegistryClient}. Behind it stands one class per endpoint,
 * and one caller for what they share: which scheme, who we are, where we may be sent, what is tried
 * again, how much is read, and what a failure is called. The registry is taken to be hostile:
 * credentials go only where the user pointed, nothing is read without a limit, digests are checked
 * while content arrives, and "not found" is said only when the registry said so. This package never
 * decides whether a signature is good, and never reads the environment.
 */
@NullMarked
package dev.bulla.registry;

import org.jspecify.annotations.NullMarked;
