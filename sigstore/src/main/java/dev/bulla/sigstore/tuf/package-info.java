/**
 * The update framework (TUF) as far as Sigstore uses it: how the trusted root gets to the user, and
 * how a newer one replaces it, without trust in the server that hands it out.
 *
 * <p>Start at {@link dev.bulla.sigstore.tuf.TufClient}. It follows the client workflow of the TUF
 * specification 1.0.34 (§5) step by step and names the step that fails. What it fetches with and
 * where it keeps things are ports: {@link dev.bulla.sigstore.tuf.TufSource} and {@link
 * dev.bulla.sigstore.tuf.TufStore}. The time is the caller's.
 */
@NullMarked
package dev.bulla.sigstore.tuf;

import org.jspecify.annotations.NullMarked;
