/**
 * Timestamps from authorities of RFC 3161.
 *
 * <p>Start at {@link dev.bulla.sigstore.tsa.TimestampClient}. An answer is taken when it answers
 * the question that was asked; whether the authority is believed, and what time its word proves, is
 * for the verifier.
 */
@NullMarked
package dev.bulla.sigstore.tsa;

import org.jspecify.annotations.NullMarked;
