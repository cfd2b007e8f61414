package dev.bulla.cli;

import dev.bulla.cli.command.ExitCode;
import dev.bulla.cli.flags.UsageException;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * Tells a person why a command failed: the message twice, as scripts that read cosign's stderr
 * expect, then what we have to add, each such line marked {@code note:} or {@code hint:} or
 * indented below one.
 */
final class FailureReport {

  private static final String BUG = "this is a bug in bulla, please report it: ";

  private final Output err;

  FailureReport(Output err) {
    this.err = err;
  }

  int of(UsageException failure) {
    twice(failure.message(), failure.advice());
    return ExitCode.FAILED;
  }

  int of(BullaException failure, boolean verbose) {
    twice(failure.message(), "");
    if (failure instanceof VerificationException verdict && !verdict.refusals().isEmpty()) {
      err.println("note: what was looked at:");
      for (Refusal refusal : verdict.refusals()) {
        err.println("  " + refusal.candidate() + ": " + refusal.detail());
      }
    }
    failure.hint().ifPresent(hint -> err.println("hint: " + hint));
    if (verbose && failure.getCause() != null) {
      err.println("note: caused by:");
      printIndented(failure.getCause());
    }
    return ExitCode.of(failure);
  }

  int ofOneLine(String message) {
    err.println("Error: " + message);
    return ExitCode.FAILED;
  }

  int ofBug(Throwable bug, boolean verbose) {
    twice(BUG + Quoted.plain(bug.toString()), "");
    if (verbose) {
      err.println("note: where it happened:");
      printIndented(bug);
    } else {
      err.println("hint: run the same command with --verbose for the details");
    }
    return ExitCode.FAILED;
  }

  private void twice(String message, String advice) {
    err.println("Error: " + message);
    if (!advice.isEmpty()) {
      err.println(advice);
    }
    err.print("error during command execution: " + message + (message.endsWith("\n") ? "" : "\n"));
  }

  private void printIndented(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    for (String line : trace.toString().split("\n", -1)) {
      if (!line.isBlank()) {
        err.println("  " + Quoted.plain(line.replace("\t", "  "), 1000));
      }
    }
  }
}
