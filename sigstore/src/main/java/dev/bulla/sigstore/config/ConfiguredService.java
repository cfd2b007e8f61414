package dev.bulla.sigstore.config;

import dev.bulla.certificate.ValidityPeriod;

/**
 * A service that a configuration names.
 *
 * @param url of the API; of timestamp authorities the whole address. Foreign text
 * @param version of its API
 * @param validFor when it may be used
 * @param operator who runs it, so that two of one operator are not taken for two; possibly empty
 */
public record ConfiguredService(
    String url, long version, ValidityPeriod validFor, String operator) {}
