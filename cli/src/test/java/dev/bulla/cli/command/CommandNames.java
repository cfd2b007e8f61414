package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import java.util.List;

/** Lets tests of other packages go through all commands. */
public final class CommandNames {

  private CommandNames() {}

  /** The words that call each command that is listed; the program itself as an empty text. */
  public static List<String> shown() {
    return specs().stream().filter(spec -> !spec.isHidden()).map(CommandSpec::path).toList();
  }

  public static List<CommandSpec> specs() {
    return new CommandTable().all();
  }
}
