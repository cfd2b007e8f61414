/**
 * Keys on PKCS #11 tokens: how a {@code pkcs11:} URI is read and written, and what has to be
 * provided by whoever speaks to the modules of tokens.
 *
 * <p>Start at {@link dev.bulla.keys.pkcs11.Pkcs11Uri}. {@link dev.bulla.keys.pkcs11.Tokens} finds
 * the {@link dev.bulla.keys.pkcs11.TokenProvider}, which is in a module of its own because it needs
 * a newer Java than the rest (ADR 13). Nothing here loads native code.
 */
@NullMarked
package dev.bulla.keys.pkcs11;

import org.jspecify.annotations.NullMarked;
