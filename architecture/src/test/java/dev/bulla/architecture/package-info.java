/**
 * Tests over the whole tree: which module may use which, what no code may do, and what no file may
 * hold.
 *
 * <p>Start at {@code DirectionTest}; the list of forbidden things is {@code config/forbidden.txt}.
 * Every test here fails when it finds nothing to look at.
 */
@NullMarked
package dev.bulla.architecture;

import org.jspecify.annotations.NullMarked;
