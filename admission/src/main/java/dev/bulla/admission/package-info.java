/**
 * The door of the cluster: what decides which images may run. Start at {@code rule} for which rule
 * an image falls under. Never verifies itself.
 */
@NullMarked
package dev.bulla.admission;

import org.jspecify.annotations.NullMarked;
