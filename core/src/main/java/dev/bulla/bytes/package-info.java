/**
 * Immutable byte strings, and the two text encodings of bytes that this field uses.
 *
 * <p>Start at {@link dev.bulla.bytes.Bytes}. This is the one home of Base64 and hexadecimal
 * decoding: every decoder refuses what is not the one canonical spelling, and refuses with {@code
 * MalformedInputException}. Secrets do not belong in {@code Bytes}; see {@code
 * dev.bulla.key.SecretBytes}.
 */
@NullMarked
package dev.bulla.bytes;

import org.jspecify.annotations.NullMarked;
