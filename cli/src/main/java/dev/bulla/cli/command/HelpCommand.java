package dev.bulla.cli.command;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.help.HelpPage;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.List;
import java.util.Optional;

/** Shows the page of a command: {@code bulla help attach signature}. */
final class HelpCommand implements Command {

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("help", "Show the help page of a command")
        .positionals("[COMMAND]", Positionals.any());
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws ConfigurationException {
    CommandTable commands = context.commands();
    List<String> words = flags.arguments();
    Optional<Command> topic =
        words.isEmpty() ? Optional.of(commands.root()) : commands.find(words.get(0));
    if (topic.isEmpty()) {
      CommandSpec root = commands.root().spec();
      context.err().println("Unknown help topic [" + inBackquotes(words) + "]");
      context.err().print(HelpPage.usageOf(root, commands.childrenOf("")));
      return;
    }
    Command command = topic.get();
    for (int i = 1; i < words.size() && command instanceof CommandGroup; i++) {
      Optional<Command> member = commands.find(command.spec().path() + " " + words.get(i));
      if (member.isEmpty()) {
        break;
      }
      command = member.get();
    }
    CommandSpec spec = command.spec();
    context.out().print(HelpPage.of(spec, commands.childrenOf(spec.path())));
  }

  private static String inBackquotes(List<String> words) {
    StringBuilder out = new StringBuilder();
    for (String word : words) {
      out.append(out.isEmpty() ? "`" : " `").append(Quoted.plain(word)).append('`');
    }
    return out.toString();
  }
}
