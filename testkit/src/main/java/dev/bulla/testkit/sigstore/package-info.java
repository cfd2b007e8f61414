/**
 * A Sigstore for tests: every kind of evidence, valid for any identity, time and type of key, so
 * that a test takes what is true and changes one thing.
 *
 * <p>Start at {@link dev.bulla.testkit.sigstore.VirtualSigstore}: its {@code signer} makes whole
 * bundles, its parts mint single pieces, its {@code trustedRoot} is what verifies them. What the
 * parts say is checked against openssl, the JDK and cosign, and shares no code with bulla's own
 * verifier.
 *
 * <p>For tests only: keys in memory, and RSA keys that everybody knows.
 */
@NullMarked
package dev.bulla.testkit.sigstore;

import org.jspecify.annotations.NullMarked;
