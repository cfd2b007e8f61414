package dev.bulla.cli;

import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandGroup;
import dev.bulla.cli.command.CommandTable;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.FlagSet;
import dev.bulla.cli.flags.GoText;
import dev.bulla.cli.flags.UsageException;
import dev.bulla.cli.flags.Word;
import dev.bulla.cli.help.Suggestions;
import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out which command a line is about: the first words that are neither flags nor their values.
 * Flags may stand before, between and behind them.
 */
final class CommandFinder {

  /**
   * @param words the line without the words that name the command
   */
  record Found(Command command, List<Word> words) {}

  private final CommandTable table;

  CommandFinder(CommandTable table) {
    this.table = table;
  }

  /**
   * @throws UsageException when the first word is no command
   * @throws ConfigurationException when it is one that is not available
   */
  Found find(List<Word> line) throws UsageException, ConfigurationException {
    Command command = table.root();
    List<Word> words = new ArrayList<>(line);
    FlagSet flags = FlagSet.beforeCommand();
    while (command instanceof CommandGroup group) {
      List<Integer> plain = flags.positionsOfPlainWords(words);
      if (plain.isEmpty()) {
        break;
      }
      int first = plain.get(0);
      String name = words.get(first).text();
      String path = group.spec().path();
      Optional<Command> member = table.find(path.isEmpty() ? name : path + " " + name);
      if (member.isEmpty() && path.isEmpty()) {
        throw unknown(name);
      }
      if (member.isEmpty()) {
        break; // a group shows its help whatever follows it
      }
      words.remove(first);
      command = member.get();
    }
    return new Found(command, words);
  }

  private UsageException unknown(String name) {
    return new UsageException(
        "unknown command "
            + GoText.quote(name)
            + " for "
            + GoText.quote(CommandSpec.PROGRAM)
            + Suggestions.block(name, table.names()),
        "Run '" + CommandSpec.PROGRAM + " --help' for usage.");
  }
}
