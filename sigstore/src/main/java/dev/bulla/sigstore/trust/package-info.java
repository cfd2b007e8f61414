/**
 * What a Sigstore instance says of itself: its {@code trusted_root.json} and {@code
 * signing_config.json}, fetched and renewed by TUF.
 *
 * <p>Start at {@link dev.bulla.sigstore.trust.TrustMaterial}. Which instance, and where things are
 * kept, is {@link dev.bulla.sigstore.trust.TrustSettings}: values that the edge read from the
 * environment. The first roots of Sigstore's own two instances are resources of this package.
 */
@NullMarked
package dev.bulla.sigstore.trust;

import org.jspecify.annotations.NullMarked;
