package dev.bulla.registry.auth;

import java.time.Instant;

/**
 * Credentials that a cloud lends.
 *
 * @param ends when they stop being good; {@link Instant#MAX} where the cloud does not say
 */
public record CloudLogin(Credentials credentials, Instant ends) {}
