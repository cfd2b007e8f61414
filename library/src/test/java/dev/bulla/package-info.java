/** The use cases against the embedded registry: what they find, write, ask and refuse. */
@NullMarked
package dev.bulla;

import org.jspecify.annotations.NullMarked;
