package dev.bulla.cli.command;

import dev.bulla.cli.terminal.Environment;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Output;
import dev.bulla.cli.terminal.Passwords;
import dev.bulla.cli.terminal.Progress;
import dev.bulla.cli.terminal.Prompts;
import dev.bulla.cli.terminal.TransferBar;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.keys.PasswordPrompt;
import dev.bulla.keys.PasswordSource;
import dev.bulla.keys.kms.InstalledServices;
import dev.bulla.registry.auth.AmbientCredentials;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The world as one run of a command sees it. */
public final class CommandContext {

  private final Io io;
  private final Output out;
  private final Output err;
  private final Environment environment;
  private final CommandTable commands;
  private final LineRunner lines;
  private final Duration timeout;
  private final boolean verbose;
  private @Nullable InstalledProviders installed;

  /**
   * The context of one run.
   *
   * @param out where the result goes: stdout, or the file that {@code --output-file} names
   * @param timeout how long the command may take, for commands that heed it
   */
  public CommandContext(
      Io io,
      Output out,
      Output err,
      CommandTable commands,
      LineRunner lines,
      Duration timeout,
      boolean verbose) {
    this.io = io;
    this.out = out;
    this.err = err;
    this.environment = new Environment(io.environment());
    this.commands = commands;
    this.lines = lines;
    this.timeout = timeout;
    this.verbose = verbose;
  }

  /** Takes the result and nothing else. */
  public Output out() {
    return out;
  }

  /** Takes everything that is said to a person. */
  public Output err() {
    return err;
  }

  public InputStream stdin() {
    return io.stdin();
  }

  public Environment environment() {
    return environment;
  }

  public WorkingFiles files() {
    return new WorkingFiles(io.workingDirectory());
  }

  public Prompts prompts() {
    return new Prompts(io.stdin(), err);
  }

  /**
   * Where the password of a private key comes from: the environment, else the person when stdin is
   * a character device, else all of stdin, byte for byte.
   */
  public PasswordSource passwords() {
    return Passwords.source(io, environment, err);
  }

  /** Asks the person when stdin is a character device; fails otherwise. */
  public PasswordPrompt prompt() {
    return Passwords.prompt(io, err);
  }

  /** Shows how much of some content has arrived, where a person watches. */
  public TransferBar transferBar(String text) {
    return new TransferBar(err, io.terminal().stderrIsTerminal(), text);
  }

  /** Says that work is going on, until the returned object is closed. */
  public Progress progress(String text) {
    return Progress.start(err, io.terminal().stderrIsTerminal(), text);
  }

  /**
   * One line that a person should see although the command goes on. Foreign text in it is quoted.
   */
  public void warn(String text) {
    err.println("WARNING: " + text);
  }

  /** One line of our own that cosign would not print. Foreign text in it is quoted. */
  public void note(String text) {
    err.println("note: " + text);
  }

  /** How long the command may take, for commands that heed it. */
  public Duration timeout() {
    return timeout;
  }

  public boolean verbose() {
    return verbose;
  }

  /** What lies beside the program; one for a run, so that libraries are loaded once. */
  synchronized InstalledProviders installed() {
    if (installed == null) {
      installed = new InstalledProviders();
    }
    return installed;
  }

  /** What was installed for services with large libraries, for commands of other modules. */
  public InstalledServices services() {
    return installed().services();
  }

  /** The logins of clouds that were installed, for commands of other modules. */
  public AmbientCredentials.Lookup clouds() {
    return installed().clouds();
  }

  CommandTable commands() {
    return commands;
  }

  /** The streams and the folder of this run, to derive those of another from. */
  public Io io() {
    return io;
  }

  /** Runs another command line through the same entry point as a typed one. */
  public int runLine(List<String> arguments, Io streams) {
    return lines.run(arguments, streams);
  }
}
