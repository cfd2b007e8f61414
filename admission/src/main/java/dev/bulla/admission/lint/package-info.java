/**
 * What in a sound configuration is probably not meant. Start at {@link
 * dev.bulla.admission.lint.Lint}. Looks at the configuration and at nothing else.
 */
@NullMarked
package dev.bulla.admission.lint;

import org.jspecify.annotations.NullMarked;
