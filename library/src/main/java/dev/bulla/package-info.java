/**
 * The public library: sign what you push, verify what you are about to run.
 *
 * <p>Start at {@link dev.bulla.Bulla}. It wires the registry client and the evidence store to the
 * formats and the verifier of {@code bulla-core}; each use case is one class behind it. Nothing
 * here prints, exits, or reads the environment: results are values, talk goes to {@link
 * dev.bulla.Progress}.
 */
@NullMarked
package dev.bulla;

import org.jspecify.annotations.NullMarked;
