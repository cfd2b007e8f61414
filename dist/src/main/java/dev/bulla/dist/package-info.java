/**
 * What the build of the distribution needs and Maven has no plugin for; never part of what is
 * shipped.
 *
 * <p>Start at {@link dev.bulla.dist.TrustStore}. Run by {@code src/main/sh/assemble.sh}.
 */
@NullMarked
package dev.bulla.dist;

import org.jspecify.annotations.NullMarked;
