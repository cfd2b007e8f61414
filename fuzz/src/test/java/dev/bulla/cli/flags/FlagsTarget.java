package dev.bulla.cli.flags;

import dev.bulla.cli.command.CommandTable;
import dev.bulla.error.ConfigurationException;
import dev.bulla.fuzz.Check;
import dev.bulla.fuzz.Input;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link FlagParser} and the values of flags: the longest spelling of a line means what the line
 * means.
 */
public final class FlagsTarget {

  private static final CommandSpec EVERY_KIND =
      CommandSpec.of("every-kind", "A flag of every kind")
          .flags(
              "All",
              Flag.text("text", "a text").alias("older-text").shorthand('s'),
              Flag.choice("choice", "a choice", "one", "two"),
              Flag.onOff("switch", "a switch").shorthand('y').shorthand('f'),
              Flag.number("number", "a number").shorthand('n'),
              Flag.duration("span", "a span").shorthand('w'),
              Flag.commaList("list", "a list").shorthand('l'),
              Flag.repeatable("repeated", "a repeated text").shorthand('r'),
              Flag.text("certificate", "which has a silent alias"),
              Flag.text("old", "a text").deprecated("use another"),
              Flag.onOff("later", "a switch").notBuiltYet("not yet"));

  private static final Map<String, CommandSpec> SPECS = specs();

  private FlagsTarget() {}

  private static Map<String, CommandSpec> specs() {
    Map<String, CommandSpec> specs = new HashMap<>();
    CommandTable table = new CommandTable();
    for (String path : List.of("sign", "verify", "attach signature", "generate-key-pair", "tree")) {
      try {
        specs.put(
            path, table.find(path).orElseThrow(() -> new AssertionError("no " + path)).spec());
      } catch (ConfigurationException e) {
        throw new AssertionError(path, e);
      }
    }
    return specs;
  }

  /** The name of a command on the first line, then a word on each line. */
  public static boolean accepts(byte[] input) throws UsageException {
    List<String> lines = Input.lines(Input.text(input));
    CommandSpec spec = SPECS.getOrDefault(lines.get(0), EVERY_KIND);
    List<Word> words = rewritten(lines.subList(1, lines.size()));
    List<Integer> plain = FlagSet.of(spec).positionsOfPlainWords(words);
    Check.that(
        plain.stream().allMatch(at -> !words.get(at).text().startsWith("-")),
        "a plain word is no flag");
    ParsedFlags flags;
    try {
      flags = FlagParser.parse(spec, words);
    } catch (UsageException e) {
      Check.that(!e.message().isEmpty(), "a message says something");
      return false;
    }
    behindTheFlags(words, flags);
    meansTheSame(spec, flags);
    try {
      spec.checkRules(flags);
      flags.refuseWhatIsNotBuilt();
    } catch (UsageException | ConfigurationException e) {
      Check.that(!String.valueOf(e.getMessage()).isEmpty(), "a message says something");
    }
    return true;
  }

  private static List<Word> rewritten(List<String> arguments) {
    ArgumentRewriter.Rewritten rewritten = ArgumentRewriter.rewrite(arguments);
    Check.equal(arguments.size(), rewritten.words().size(), "no word comes or goes");
    int changed = 0;
    for (int i = 0; i < arguments.size(); i++) {
      changed += arguments.get(i).equals(rewritten.words().get(i).text()) ? 0 : 1;
    }
    Check.equal(changed, rewritten.warnings().size(), "every change is told");
    List<String> texts = rewritten.words().stream().map(Word::text).toList();
    List<String> again = ArgumentRewriter.rewrite(texts).words().stream().map(Word::text).toList();
    Check.equal(texts, again, "what was rewritten needs no rewriting");
    return rewritten.words();
  }

  private static void behindTheFlags(List<Word> words, ParsedFlags flags) {
    List<String> texts = words.stream().map(Word::text).toList();
    Check.that(texts.containsAll(flags.arguments()), "arguments are words");
  }

  /**
   * Every flag in its long spelling with an equals sign, and the arguments behind a double dash.
   */
  private static void meansTheSame(CommandSpec spec, ParsedFlags flags) throws UsageException {
    List<Word> line = new ArrayList<>();
    for (Flag<?> flag : FlagSet.of(spec).flags()) {
      if (flags.isSet(flag)) {
        for (String value : spell(flag, flags)) {
          line.add(new Word("--" + flag.name() + "=" + value, false));
        }
      }
    }
    line.add(new Word("--", false));
    flags.arguments().forEach(argument -> line.add(new Word(argument, false)));
    ParsedFlags again = FlagParser.parse(spec, line);
    Check.equal(flags.arguments(), again.arguments(), "arguments");
    for (Flag<?> flag : FlagSet.of(spec).flags()) {
      Check.equal(flags.isSet(flag), again.isSet(flag), "whether " + flag + " is set");
      Check.equal(flags.get(flag), again.get(flag), "value of " + flag);
    }
  }

  @SuppressWarnings("unchecked") // a flag's value is of its type
  private static List<String> spell(Flag<?> flag, ParsedFlags flags) {
    Object value = flags.get(flag);
    return switch (flag.type()) {
      case FlagType.Span span -> List.of(GoDuration.format((Duration) value));
      case FlagType.Texts texts ->
          texts.placeholder().equals("strings")
              ? List.of(csv((List<String>) value))
              : (List<String>) value;
      default -> List.of(value.toString());
    };
  }

  private static String csv(List<String> fields) {
    StringBuilder out = new StringBuilder();
    for (String field : fields) {
      out.append(out.isEmpty() ? "" : ",");
      out.append('"').append(field.replace("\"", "\"\"")).append('"');
    }
    return out.toString();
  }

  /** The text as each kind of value that has a notation of its own. */
  public static boolean isValue(byte[] input) throws BadValueException {
    String text = Input.text(input);
    Optional<List<String>> list = list(text);
    if (list.isPresent()) {
      Check.equal(list.get(), CsvLine.parse(csv(list.get())), "a list in quotes");
    }
    Optional<Duration> duration = duration(text);
    if (duration.isPresent()) {
      String printed = GoDuration.format(duration.get());
      Check.equal(duration.get(), GoDuration.parse(printed), "a duration as Go prints it");
      Check.equal(printed, GoDuration.format(GoDuration.parse(printed)), "which prints the same");
    }
    Optional<Long> number = number(text);
    if (number.isPresent()) {
      Check.equal(number, number(number.get().toString()), "a number in decimal");
    }
    String quoted = GoText.quote(text);
    Check.printable(quoted);
    Check.that(quoted.startsWith("\"") && quoted.endsWith("\""), "quotes around what is quoted");
    return duration.isPresent() || number.isPresent() || (list.isPresent() && text.contains("\""));
  }

  private static Optional<List<String>> list(String text) {
    try {
      return Optional.of(CsvLine.parse(text));
    } catch (BadValueException e) {
      Check.that(!e.reason().isEmpty(), "a reason says something");
      return Optional.empty();
    }
  }

  private static Optional<Duration> duration(String text) {
    try {
      return Optional.of(GoDuration.parse(text));
    } catch (BadValueException e) {
      Check.that(!e.reason().isEmpty(), "a reason says something");
      return Optional.empty();
    }
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(new FlagType.Count().parse(text, Optional.empty()));
    } catch (BadValueException e) {
      Check.that(!e.reason().isEmpty(), "a reason says something");
      return Optional.empty();
    }
  }
}
