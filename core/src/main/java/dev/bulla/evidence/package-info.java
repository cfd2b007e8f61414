/**
 * What was found beside an artifact and may or may not be a good signature. Every kind of storage
 * and every generation of format is parsed into these values, and one verifier decides over them.
 *
 * <p>Start at {@link dev.bulla.evidence.Candidate}. Nothing in here has been checked: the values
 * are claims of whoever wrote to the registry. What could not be fetched or parsed is a value too
 * ({@link dev.bulla.evidence.Unreadable}), so that it can never be mistaken for absence.
 */
@NullMarked
package dev.bulla.evidence;

import org.jspecify.annotations.NullMarked;
