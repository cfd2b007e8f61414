/**
 * Files that change while the program runs. Start at {@link dev.bulla.admission.live.Watched}: it
 * holds what was last read without a mistake.
 */
@NullMarked
package dev.bulla.admission.live;

import org.jspecify.annotations.NullMarked;
