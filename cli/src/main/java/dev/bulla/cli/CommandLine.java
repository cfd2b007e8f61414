package dev.bulla.cli;

import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.command.CommandGroup;
import dev.bulla.cli.command.CommandTable;
import dev.bulla.cli.command.ExitCode;
import dev.bulla.cli.command.LineRunner;
import dev.bulla.cli.flags.ArgumentRewriter;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.EnvironmentBinding;
import dev.bulla.cli.flags.FlagParser;
import dev.bulla.cli.flags.GlobalFlags;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.UsageException;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Output;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One run of one command line, from its words to an exit code. */
final class CommandLine {

  private final CommandTable table = new CommandTable();
  private final Io io;
  private final Output out;
  private final Output err;
  private final FailureReport report;

  CommandLine(Io io) {
    this.io = io;
    this.out = Output.buffered(io.stdout());
    this.err = Output.immediate(io.stderr(), out);
    this.report = new FailureReport(err);
  }

  int run(List<String> arguments) {
    int code = runReporting(arguments);
    out.flush();
    if (code == ExitCode.OK && out.failure().isPresent()) {
      return report.of(undelivered("standard output", out.failure().get()), false);
    }
    return code;
  }

  private int runReporting(List<String> arguments) {
    boolean verbose = arguments.contains("--verbose") || arguments.contains("-d");
    try {
      execute(arguments);
      return ExitCode.OK;
    } catch (UsageException e) {
      return report.of(e);
    } catch (BullaException e) {
      return report.of(e, verbose);
    } catch (OutputFileException e) {
      return report.ofOneLine(e.message());
    } catch (Throwable e) {
      // the edge of the program: whatever was not foreseen is our mistake, and never a success
      return report.ofBug(e, verbose);
    }
  }

  private void execute(List<String> arguments)
      throws UsageException, BullaException, OutputFileException {
    ArgumentRewriter.Rewritten line = ArgumentRewriter.rewrite(arguments);
    say(line.warnings());
    CommandFinder.Found found = new CommandFinder(table).find(line.words());
    Command command = found.command();
    CommandSpec spec = command.spec();
    Optional<String> deprecation = spec.deprecation();
    if (deprecation.isPresent()) {
      err.println("Command \"" + spec.name() + "\" is deprecated, " + deprecation.get());
    }
    ParsedFlags flags = FlagParser.parse(spec, found.words());
    say(flags.notices());
    if (flags.get(GlobalFlags.HELP)) {
      new CommandGroup(spec).run(flags, context(flags, out));
      return;
    }
    if (command instanceof CommandGroup) {
      command.run(flags, context(flags, out));
      return;
    }
    spec.positionals().check(spec.fullName(), flags.arguments());
    String file = flags.get(GlobalFlags.OUTPUT_FILE);
    if (file.isEmpty()) {
      runChecked(command, flags, out);
    } else {
      runIntoFile(command, flags, file);
    }
  }

  private void say(List<String> lines) {
    for (String line : lines) {
      err.println(line);
    }
  }

  private void runIntoFile(Command command, ParsedFlags flags, String file)
      throws UsageException, BullaException, OutputFileException {
    Output result = open(file, command.spec());
    try {
      runChecked(command, flags, result);
    } finally {
      result.close();
    }
    if (result.failure().isPresent()) {
      throw undelivered(Quoted.plain(file), result.failure().get());
    }
  }

  private Output open(String file, CommandSpec spec)
      throws ConfigurationException, OutputFileException {
    try {
      return Output.buffered(new WorkingFiles(io.workingDirectory()).create(file));
    } catch (IOException e) {
      String shown = Quoted.plain(file);
      String message =
          "error creating output file " + shown + ": open " + shown + ": " + WorkingFiles.reason(e);
      if (spec.isEnvironmentBound()) {
        throw new OutputFileException(message);
      }
      throw new ConfigurationException(message, e);
    }
  }

  private void runChecked(Command command, ParsedFlags typed, Output result)
      throws UsageException, BullaException {
    CommandSpec spec = command.spec();
    ParsedFlags flags =
        spec.isEnvironmentBound() ? EnvironmentBinding.bind(typed, io.environment()) : typed;
    CommandContext context = context(flags, result);
    command.beforeFlagRules(flags, context);
    spec.checkRules(flags);
    command.afterFlagRules(flags, context);
    flags.refuseWhatIsNotBuilt();
    command.run(flags, context);
  }

  private CommandContext context(ParsedFlags flags, Output result) {
    return new CommandContext(
        io,
        result,
        err,
        table,
        new AsTyped(),
        flags.get(GlobalFlags.TIMEOUT),
        flags.get(GlobalFlags.VERBOSE));
  }

  /** What the program does with a typed line. */
  private static final class AsTyped implements LineRunner {

    @Override
    public int run(List<String> arguments, Io streams) {
      return Main.run(arguments, streams);
    }
  }

  private static ConfigurationException undelivered(String where, IOException cause) {
    return new ConfigurationException(
        "writing to " + where + " failed: " + Quoted.plain(String.valueOf(cause.getMessage())),
        cause);
  }

  /**
   * {@code --output-file} cannot be opened. Commands that read the environment report it with one
   * line instead of two, as their counterparts in cosign do.
   */
  private static final class OutputFileException extends Exception {

    private static final long serialVersionUID = 1L;

    OutputFileException(String message) {
      super(message);
    }

    String message() {
      return String.valueOf(getMessage());
    }
  }
}
