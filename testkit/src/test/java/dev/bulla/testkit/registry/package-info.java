/** The embedded registry as a client meets it, and behind its API. */
@NullMarked
package dev.bulla.testkit.registry;

import org.jspecify.annotations.NullMarked;
