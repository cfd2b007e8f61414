/**
 * From what a user writes after {@code --key} to a key that signs or checks, and the files that new
 * keys are kept in.
 *
 * <p>Start at {@link dev.bulla.keys.VerificationKeys} and {@link dev.bulla.keys.Signers}; {@link
 * dev.bulla.keys.KeyReference} says which forms there are. This is where key files are opened and
 * passwords asked for; what a key is and does lives in {@code dev.bulla.key}. The environment, the
 * directory that paths start from, the network and the place for warnings are handed in as a {@link
 * dev.bulla.keys.KeyContext}: nothing here reads the process environment, opens a socket or prints.
 * Messages use the words of cosign, which scripts look for, and never show a password, a PIN or a
 * key.
 */
@NullMarked
package dev.bulla.keys;

import org.jspecify.annotations.NullMarked;
