/**
 * How much of anything bulla is willing to read, in one place, and the one class that reads streams
 * to their end.
 *
 * <p>Start at {@link dev.bulla.limits.Limits}. No code outside this package reads a stream without
 * a bound; an architecture test holds that.
 */
@NullMarked
package dev.bulla.limits;

import org.jspecify.annotations.NullMarked;
