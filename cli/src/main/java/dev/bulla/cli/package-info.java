/**
 * The {@code bulla} command: from the process to a command and back to an exit code.
 *
 * <p>Start at {@link dev.bulla.cli.Main}. Its {@code run} works in any process, tests and the demo
 * included; only its {@code main} touches this one. Commands live in {@code dev.bulla.cli.command},
 * the grammar of the line in {@code dev.bulla.cli.flags}.
 */
@NullMarked
package dev.bulla.cli;

import org.jspecify.annotations.NullMarked;
