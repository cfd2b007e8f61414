/**
 * Keys and signatures: public keys that check, private keys that sign, and the encrypted file a
 * private key is kept in.
 *
 * <p>Start at {@link dev.bulla.key.VerificationKey} to check and at {@link
 * dev.bulla.key.PrivateKey} to sign; {@link dev.bulla.key.SignatureAlgorithm} is the list of
 * everything that counts. Keys and ECDSA signatures are read by the strict DER reader of {@code
 * dev.bulla.der} and computed with by the JDK; BouncyCastle's lightweight classes serve the
 * encrypted key file (scrypt, XSalsa20, Poly1305) and the ECDSA checks of processes that soon end,
 * and load with the first of these. Nothing here opens files, asks for passwords or registers a
 * security provider: where keys come from is the keys module's business. Secrets never appear in a
 * message or a {@code toString}.
 *
 * <p>Sources: RFC 5280 and 8410 (public keys), RFC 5208, 5915 and 8017 (private keys), RFC 8032
 * (Ed25519), RFC 7468 (PEM).
 */
@NullMarked
package dev.bulla.key;

import org.jspecify.annotations.NullMarked;
