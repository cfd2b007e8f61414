/**
 * The simple-signing payload: the little JSON document that cosign's legacy signatures cover.
 *
 * <p>Start at {@link dev.bulla.payload.SimpleSigningPayload}. Writing gives exactly the bytes that
 * cosign writes, since they are signed; reading accepts every generation back to v0.1. A payload is
 * a claim, not a proof. Source: containers/image, "Atomic signature format", as cosign uses it.
 */
@NullMarked
package dev.bulla.payload;

import org.jspecify.annotations.NullMarked;
