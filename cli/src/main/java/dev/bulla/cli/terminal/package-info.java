/**
 * The outside world as a command sees it: streams, environment, working directory, terminal, and
 * what is done with them: prompts, passwords, progress, files.
 *
 * <p>Start at {@link dev.bulla.cli.terminal.Io}, which is all that a command line needs to run, in
 * the real process or inside a test. stdout carries results and nothing else; everything said to a
 * person goes to stderr. Nothing here knows of flags or commands.
 */
@NullMarked
package dev.bulla.cli.terminal;

import org.jspecify.annotations.NullMarked;
