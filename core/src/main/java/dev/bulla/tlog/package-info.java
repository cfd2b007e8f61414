/**
 * Transparency logs: what makes an entry of a log count as evidence.
 *
 * <p>Start at {@link dev.bulla.tlog.LogCheck}: from an entry, the trusted logs and exactly what has
 * to be logged, it makes a {@link dev.bulla.tlog.LoggedEntry}, which nothing else can make. Proofs
 * need a {@link dev.bulla.tlog.SignedTree}, the state of a log that the log signed. Whose logs are
 * trusted is decided in {@code dev.bulla.trust}, whether an entry is needed in {@code
 * dev.bulla.verify}. No I/O: nothing here asks a log.
 */
@NullMarked
package dev.bulla.tlog;

import org.jspecify.annotations.NullMarked;
