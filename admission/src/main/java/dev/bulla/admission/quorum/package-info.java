/**
 * Whose signatures a rule asks for, and whether those found are enough. Start at {@link
 * dev.bulla.admission.quorum.Quorum}. Never looks at a signature.
 */
@NullMarked
package dev.bulla.admission.quorum;

import org.jspecify.annotations.NullMarked;
