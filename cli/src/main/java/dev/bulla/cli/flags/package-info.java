/**
 * What a command line may say, and what one did say: declarations of flags and commands, the
 * parser, and its answer.
 *
 * <p>Start at {@link dev.bulla.cli.flags.CommandSpec} for declaring and at {@link
 * dev.bulla.cli.flags.ParsedFlags} for reading. Grammar, order of checks and error texts are those
 * that cosign's users and scripts know (GNU style, as the pflag and cobra libraries define it), so
 * they are a contract and not a matter of taste. One declaration serves parsing, help, completion
 * and the binding of environment variables.
 *
 * <p>Nothing here prints, reads a file, or looks at the environment by itself.
 */
@NullMarked
package dev.bulla.cli.flags;

import org.jspecify.annotations.NullMarked;
