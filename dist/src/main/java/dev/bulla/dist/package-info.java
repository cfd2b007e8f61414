/**
 * What the build of the distribution needs and Maven has no plugin for; never part of what is
 * shipped.
 *
 * <p>Start at {@link dev.bulla.dist.ArchiveTraining} and {@link dev.bulla.dist.TrustStore}. Run by
 * {@code src/main/sh/assemble.sh}, and the training by {@code ./bulla} too.
 */
@NullMarked
package dev.bulla.dist;

import org.jspecify.annotations.NullMarked;
