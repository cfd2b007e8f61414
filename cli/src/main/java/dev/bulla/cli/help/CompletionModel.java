package dev.bulla.cli.help;

import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.FlagGroup;
import dev.bulla.cli.flags.GlobalFlags;
import java.util.ArrayList;
import java.util.List;

/**
 * What a completion script knows about one command. All texts are our own; names and values hold
 * only letters, digits, dashes and blanks.
 *
 * @param path program and words: {@code bulla attach signature}
 * @param words the sub-commands or values that may follow
 */
record CompletionModel(String path, List<Word> words, List<Option> options) {

  /** A sub-command or value, with a description, which may be empty. */
  record Word(String text, String description) {}

  /**
   * A flag.
   *
   * @param letter the one-letter form, or nothing
   * @param values the values worth offering; empty when any text will do
   */
  record Option(
      String name, String letter, String description, boolean takesValue, List<String> values) {

    /** Every spelling: {@code --output}, {@code -o}. */
    List<String> spellings() {
      return letter.isEmpty() ? List.of("--" + name) : List.of("--" + name, "-" + letter);
    }
  }

  /** One entry per command that is shown, the program's own first. */
  static List<CompletionModel> of(List<CommandSpec> all) {
    List<CompletionModel> models = new ArrayList<>();
    for (CommandSpec spec : all) {
      if (!spec.isHidden()) {
        models.add(new CompletionModel(spec.fullName(), words(spec, all), options(spec)));
      }
    }
    return models;
  }

  private static List<Word> words(CommandSpec parent, List<CommandSpec> all) {
    List<Word> words = new ArrayList<>();
    for (String choice : parent.positionals().choices()) {
      words.add(new Word(choice, ""));
    }
    for (CommandSpec child : all) {
      boolean below = child.fullName().equals(parent.fullName() + " " + child.name());
      if (below && !child.isHidden()) {
        words.add(new Word(child.name(), child.summary()));
      }
    }
    return words;
  }

  private static List<Option> options(CommandSpec spec) {
    List<Option> options = new ArrayList<>();
    for (FlagGroup group : spec.groups()) {
      add(options, group);
    }
    add(options, GlobalFlags.ALL);
    return options;
  }

  private static void add(List<Option> options, FlagGroup group) {
    for (Flag<?> flag : group.flags()) {
      if (!flag.isHidden()) {
        String letter = flag.shorthand().map(String::valueOf).orElse("");
        options.add(
            new Option(flag.name(), letter, flag.description(), flag.takesValue(), flag.choices()));
      }
    }
  }

  /** Every spelling of every flag. */
  List<String> spellings() {
    return options.stream().flatMap(option -> option.spellings().stream()).toList();
  }

  /** Every spelling of the flags that something has to follow. */
  List<String> spellingsWithValue() {
    return options.stream()
        .filter(Option::takesValue)
        .flatMap(option -> option.spellings().stream())
        .toList();
  }
}
