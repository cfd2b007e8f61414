package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands from outside the program, as another module would bring them: hidden ones that do what
 * no real command does, so that the way from a command to an exit code can be tested.
 */
public final class FurtherCommands implements CommandProvider {

  @Override
  public List<String> paths() {
    return List.of("test", "test fail", "test order", "test print");
  }

  @Override
  public Command command(String path) {
    return switch (path) {
      case "test fail" -> new Fail();
      case "test order" -> new Order();
      case "test print" -> new Print();
      default -> new CommandGroup(CommandSpec.of("test", "For tests").hidden());
    };
  }

  private static final class Fail implements Command {

    @Override
    public CommandSpec spec() {
      return CommandSpec.of("test fail", "Fail in the way that the word says")
          .positionals("WAY", Positionals.exactly(1))
          .hidden();
    }

    @Override
    public void run(ParsedFlags flags, CommandContext context) throws BullaException {
      context.out().println("part of a result");
      switch (flags.arguments().get(0)) {
        case "bug" -> throw new IllegalStateException("a \u001b[31mbug");
        case "stack" -> recurse(1);
        case "memory" -> throw new OutOfMemoryError("Java heap space");
        case "configuration" -> throw new ConfigurationException("no", "do it otherwise");
        case "key" -> throw new KeyException("no key", new IllegalStateException("the cause"));
        case "malformed" -> throw new MalformedInputException("thing", "broken");
        case "registry" -> throw new RegistryException(RegistryException.Kind.TIMEOUT, "too slow");
        case "absent" -> throw new RegistryException(RegistryException.Kind.NOT_FOUND, "no tag");
        default ->
            throw new VerificationException(
                VerificationException.Outcome.valueOf(flags.arguments().get(0)),
                "no verdict in favour",
                List.of(
                    new Refusal(
                        "signature 1", Refusal.ReasonCode.SIGNATURE_MISMATCH, "another key")),
                "use the right key");
      }
    }

    private static int recurse(int depth) {
      return depth == 0 ? 0 : recurse(depth + 1) + 1;
    }
  }

  private static final class Order implements Command {

    private static final Flag<String> A = Flag.text("a", "a");
    private static final Flag<String> B = Flag.text("b", "b");
    private static final Flag<String> DIR = Flag.text("dir", "a folder").required();
    private static final Flag<Boolean> LATER = Flag.onOff("later", "later").notBuiltYet("not yet");

    @Override
    public CommandSpec spec() {
      return CommandSpec.of("test order", "Report which check comes first")
          .positionals("X", Positionals.exactly(1))
          .flags("All", A, B, DIR, LATER)
          .exclusive(A, B)
          .bindsEnvironment()
          .deprecated("take another one");
    }

    @Override
    public void beforeFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
      fail(flags, "before");
    }

    @Override
    public void afterFlagRules(ParsedFlags flags, CommandContext context) throws BullaException {
      fail(flags, "after");
    }

    private static void fail(ParsedFlags flags, String where) throws ConfigurationException {
      if (flags.get(DIR).equals(where) || flags.get(A).equals(where)) {
        throw new ConfigurationException(where + " the rules");
      }
    }

    @Override
    public void run(ParsedFlags flags, CommandContext context) {
      context.out().println("ran");
    }
  }

  private static final class Print implements Command {

    @Override
    public CommandSpec spec() {
      return CommandSpec.of("test print", "Print the words").hidden();
    }

    @Override
    public void run(ParsedFlags flags, CommandContext context) {
      List<String> words = new ArrayList<>(flags.arguments());
      context.out().print(String.join(" ", words) + "\n");
      context.err().println("said");
      context.out().println("more");
    }
  }
}
