/**
 * DSSE: an envelope around a payload, and the bytes that are signed for it.
 *
 * <p>Start at {@link dev.bulla.dsse.Envelope}. What is signed is the pre-authentication encoding of
 * type and payload, so the payload's bytes are checked as received and never re-serialised. Whether
 * a signature is good is decided in {@code dev.bulla.verify}. Source: the DSSE protocol, v1,
 * "Signature Definition".
 */
@NullMarked
package dev.bulla.dsse;

import org.jspecify.annotations.NullMarked;
