/**
 * Timestamps: what an authority signed to say that it saw some bytes at some time (RFC 3161).
 *
 * <p>Start at {@link dev.bulla.timestamp.TimestampToken}. The answer in favour is a {@link
 * dev.bulla.timestamp.ProvenTime}, which nothing else can make. The signed message around a token
 * (RFC 5652) is read by {@code dev.bulla.der}: one encoding of each value, one signer, and the
 * attributes that RFC 3161 asks for, nothing of what else such messages can be.
 */
@NullMarked
package dev.bulla.timestamp;

import org.jspecify.annotations.NullMarked;
