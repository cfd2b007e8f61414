package dev.bulla.cli.flags;

import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the words behind a command's name: {@code --name value}, {@code --name=value}, {@code -n
 * value}, {@code -n=value}; flags and other words in any order; {@code --} ends the flags.
 */
public final class FlagParser {

  private final FlagSet declared;
  private final List<Word> words;
  private int next;

  private final Map<String, ParsedFlags.Setting> settings = new HashMap<>();
  private final List<String> arguments = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final Set<String> singleDashLong = new HashSet<>();

  private FlagParser(FlagSet declared, List<Word> words) {
    this.declared = declared;
    this.words = words;
  }

  /**
   * Reads the words behind a command's name.
   *
   * @throws UsageException in the words of cobra and pflag, which scripts know
   */
  public static ParsedFlags parse(CommandSpec spec, List<Word> words) throws UsageException {
    return new FlagParser(FlagSet.of(spec), words).parse();
  }

  private ParsedFlags parse() throws UsageException {
    while (next < words.size()) {
      Word word = words.get(next++);
      String text = word.text();
      if (text.equals("--")) {
        while (next < words.size()) {
          arguments.add(words.get(next++).text());
        }
      } else if (text.startsWith("--")) {
        longFlag(word);
      } else if (text.startsWith("-") && text.length() > 1) {
        shortFlags(text.substring(1));
      } else {
        arguments.add(text);
      }
    }
    return new ParsedFlags(declared, settings, arguments, notices, singleDashLong);
  }

  private void longFlag(Word word) throws UsageException {
    String body = word.text().substring(2);
    if (body.startsWith("-") || body.startsWith("=")) {
      throw new UsageException("bad flag syntax: " + Quoted.plain(word.text()));
    }
    int equals = body.indexOf('=');
    String name = equals < 0 ? body : body.substring(0, equals);
    Optional<Flag<?>> named = declared.named(name);
    if (named.isEmpty()) {
      throw new UsageException("unknown flag: --" + Quoted.plain(name));
    }
    Flag<?> flag = named.get();
    if (word.singleDashLong()) {
      singleDashLong.add(flag.name());
    }
    if (equals >= 0) {
      set(flag, body.substring(equals + 1));
    } else {
      set(flag, impliedOrNextWord(flag, "--" + name));
    }
  }

  private void shortFlags(String letters) throws UsageException {
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      String place = GoText.quote(letter) + " in -" + Quoted.plain(letters.substring(i));
      Optional<Flag<?>> lettered = declared.lettered(letter);
      if (lettered.isEmpty()) {
        throw new UsageException("unknown shorthand flag: " + place);
      }
      Flag<?> flag = lettered.get();
      String behind = letters.substring(i + 1);
      if (behind.length() > 1 && behind.startsWith("=")) {
        set(flag, behind.substring(1));
        return;
      }
      if (flag.takesValue() && !behind.isEmpty()) {
        set(flag, behind);
        return;
      }
      set(flag, impliedOrNextWord(flag, place));
    }
  }

  private String impliedOrNextWord(Flag<?> flag, String place) throws UsageException {
    Optional<String> implied = flag.type().impliedText();
    if (implied.isPresent()) {
      return implied.get();
    }
    if (next == words.size()) {
      throw new UsageException("flag needs an argument: " + place);
    }
    return words.get(next++).text();
  }

  private <T> void set(Flag<T> flag, String text) throws UsageException {
    try {
      settings.put(
          flag.name(),
          new ParsedFlags.Setting(
              flag.type().parse(text, soFar(flag)), ParsedFlags.Source.COMMAND_LINE));
    } catch (BadValueException e) {
      throw new UsageException(
          "invalid argument "
              + GoText.quote(text)
              + " for "
              + GoText.quote(flag.display())
              + " flag: "
              + e.reason());
    }
    Optional<String> deprecation = flag.deprecation();
    if (deprecation.isPresent()) {
      notices.add("Flag --" + flag.name() + " has been deprecated, " + deprecation.get());
    }
  }

  private <T> Optional<T> soFar(Flag<T> flag) {
    ParsedFlags.Setting earlier = settings.get(flag.name());
    // only this method's callers put values, each of the flag's own type
    @SuppressWarnings("unchecked")
    T value = earlier == null ? null : (T) earlier.value();
    return Optional.ofNullable(value);
  }
}
