/**
 * Who we are to a registry: credentials, where they are kept, and what registries ask for.
 *
 * <p>Start at {@link dev.bulla.registry.auth.CredentialSource}; {@link
 * dev.bulla.registry.auth.StoredCredentials} reads what docker and podman keep. {@link
 * dev.bulla.registry.auth.Challenge} is what a 401 asks for. Nothing here talks to a registry or
 * decides where a credential may go, and nothing reads the environment: it comes in as a {@link
 * dev.bulla.registry.auth.RegistryEnvironment}.
 */
@NullMarked
package dev.bulla.registry.auth;

import org.jspecify.annotations.NullMarked;
