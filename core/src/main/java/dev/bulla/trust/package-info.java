/**
 * Whom a user trusts: the logs and authorities that evidence may come from, with the times during
 * which they count.
 *
 * <p>Start at {@link dev.bulla.trust.TrustedRoot}. It is configuration, read as strictly as
 * evidence: a root that says less than it should is refused, since a missing bound would be an open
 * one. Where a root comes from is not known here, and nothing that is being verified may bring one.
 */
@NullMarked
package dev.bulla.trust;

import org.jspecify.annotations.NullMarked;
