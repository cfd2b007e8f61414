/**
 * Which services sign for a Sigstore instance: {@code signing_config.json}.
 *
 * <p>Start at {@link dev.bulla.sigstore.config.SigningConfig}. What is read says where requests and
 * tokens go, so it comes from the user or from a trusted repository, never from a service.
 */
@NullMarked
package dev.bulla.sigstore.config;

import org.jspecify.annotations.NullMarked;
