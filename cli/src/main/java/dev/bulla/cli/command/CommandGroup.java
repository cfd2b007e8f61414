package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.help.HelpPage;

/** A name that only holds other commands. Called by itself it shows what there is. */
public record CommandGroup(CommandSpec spec) implements Command {

  @Override
  public void run(ParsedFlags flags, CommandContext context) {
    context.out().print(HelpPage.of(spec, context.commands().childrenOf(spec.path())));
  }
}
