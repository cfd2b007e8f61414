/**
 * Keys on PKCS #11 tokens: smart cards, USB keys, hardware security modules, SoftHSM.
 *
 * <p>Start at {@link dev.bulla.kms.pkcs11.Pkcs11Provider}; {@link dev.bulla.kms.pkcs11.TokenKey} is
 * one key. {@link dev.bulla.kms.pkcs11.Cryptoki} calls the functions of a module by Java's own
 * means, which is why this needs Java 22. A module is native code that the user chose; what its
 * token says is foreign, so lengths and counts are checked before memory is taken. Source: PKCS #11
 * Cryptographic Token Interface, version 2.40 (OASIS).
 */
@NullMarked
package dev.bulla.kms.pkcs11;

import org.jspecify.annotations.NullMarked;
