/**
 * Text made out of declarations: the help page of a command, the guesses after a misspelt name, and
 * the completion scripts for shells.
 *
 * <p>Start at {@link dev.bulla.cli.help.HelpPage}. Only reads declarations and returns text; what
 * is hidden or not built yet never shows up.
 */
@NullMarked
package dev.bulla.cli.help;

import org.jspecify.annotations.NullMarked;
