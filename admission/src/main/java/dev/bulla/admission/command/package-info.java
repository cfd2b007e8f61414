/**
 * The commands {@code bulla admission …}: from flags and files to the parts of the webhook, and
 * back to text and exit codes.
 *
 * <p>Start at {@link dev.bulla.admission.command.AdmissionCommands}, by which the command line
 * finds them. Nothing is decided here.
 */
@NullMarked
package dev.bulla.admission.command;

import org.jspecify.annotations.NullMarked;
