/**
 * Where signatures are kept: beside the image they belong to, in tags and as referrers.
 *
 * <p>Start at {@link dev.bulla.store.EvidenceStore}, which finds and adds. Every place and every
 * generation is parsed into the values of {@code dev.bulla.evidence}; what cannot be read becomes
 * an {@code Unreadable}, never an absence. Adding never removes what is there. Nothing here decides
 * whether a signature is good.
 */
@NullMarked
package dev.bulla.store;

import org.jspecify.annotations.NullMarked;
