/**
 * One class per command: its declaration, and the way from flags to a use case and from its result
 * to text.
 *
 * <p>Start at {@link dev.bulla.cli.command.Command}; {@link dev.bulla.cli.command.CommandTable}
 * lists what there is. A new command is one class and one line in that table. Decisions that a
 * library user would miss do not belong here but into {@code dev.bulla}; nor does anything that
 * touches the process: a command sees the world through its {@link
 * dev.bulla.cli.command.CommandContext}.
 */
@NullMarked
package dev.bulla.cli.command;

import org.jspecify.annotations.NullMarked;
