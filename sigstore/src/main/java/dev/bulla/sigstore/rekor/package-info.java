/**
 * Transparency logs of Sigstore, written to and looked up: Rekor in both of its kinds.
 *
 * <p>Start at {@link dev.bulla.sigstore.rekor.LogWriter}: {@link
 * dev.bulla.sigstore.rekor.RekorV1Client} and {@link dev.bulla.sigstore.rekor.RekorV2Client} record
 * a {@link dev.bulla.sigstore.rekor.LogProposal}. An entry that comes back is of exactly what was
 * sent; whether a log that is trusted has it, is decided by the verifier.
 */
@NullMarked
package dev.bulla.sigstore.rekor;

import org.jspecify.annotations.NullMarked;
