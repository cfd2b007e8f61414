/**
 * Identity tokens: reading them, and getting them from wherever the user or the machine has one.
 *
 * <p>Start at {@link dev.bulla.sigstore.oidc.IdentityTokens}, which knows the order: a token that
 * was given, the machine's own, the user. Reads no environment and prints nothing; both are handed
 * in. Never interactive unless it was told that somebody is there.
 */
@NullMarked
package dev.bulla.sigstore.oidc;

import org.jspecify.annotations.NullMarked;
