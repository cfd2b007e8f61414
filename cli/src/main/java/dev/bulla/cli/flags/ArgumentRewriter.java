package dev.bulla.cli.flags;

import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings old spellings into the form that the parser reads: {@code -key} becomes {@code --key},
 * {@code --o} becomes {@code -o}.
 *
 * <p>Like cosign it looks at every word, whether it is a flag, a flag's value, or stands behind
 * {@code --}, and says each time what it did.
 */
public final class ArgumentRewriter {

  private static final String FAREWELL =
      " is deprecated and will be removed in a future release. Please use the ";

  private final List<Word> words = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private ArgumentRewriter() {}

  /**
   * A line in the form that the parser reads.
   *
   * @param warnings one line for each word that was changed
   */
  public record Rewritten(List<Word> words, List<String> warnings) {

    public Rewritten {
      words = List.copyOf(words);
      warnings = List.copyOf(warnings);
    }
  }

  public static Rewritten rewrite(List<String> arguments) {
    ArgumentRewriter rewriter = new ArgumentRewriter();
    for (String argument : arguments) {
      rewriter.words.add(rewriter.rewrite(argument));
    }
    return new Rewritten(rewriter.words, rewriter.warnings);
  }

  private Word rewrite(String argument) {
    int length = argument.length();
    if (!argument.startsWith("-") || length <= 2 || (argument.startsWith("--") && length >= 4)) {
      return new Word(argument, false);
    }
    if (argument.startsWith("--")) {
      String shorthand = argument.substring(1);
      String letter = Quoted.plain(argument.substring(2));
      warnings.add("WARNING: the flag --" + letter + FAREWELL + "flag -" + letter + ".");
      return new Word(shorthand, false);
    }
    boolean version = argument.equals("-version");
    String replacement = version ? "version" : "-" + argument;
    warnings.add(
        "WARNING: the "
            + Quoted.plain(argument)
            + " flag"
            + FAREWELL
            + Quoted.plain(replacement)
            + (version ? " subcommand" : " flag")
            + " instead.");
    return new Word(replacement, !version);
  }
}
