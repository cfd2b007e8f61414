package dev.bulla.cli.flags;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the text of a flag becomes its value: one subclass per kind of flag in the contract.
 *
 * @param <T> the value's type
 */
abstract sealed class FlagType<T> {

  /** The value of a flag that was never given and declares no default. */
  abstract T zero();

  /**
   * The value after one more occurrence of the flag.
   *
   * @param soFar what earlier occurrences gave; empty at the first, so that a default is replaced
   */
  abstract T parse(String text, Optional<T> soFar) throws BadValueException;

  /** The word that stands for the value in help; empty for a switch. */
  abstract String placeholder();

  /** The default as help shows it; empty when there is nothing worth showing. */
  abstract String show(T value);

  /** What the flag means when nothing follows it; empty when a value must follow. */
  Optional<String> impliedText() {
    return Optional.empty();
  }

  /** The values that exist, or that are worth suggesting; empty when there is no such list. */
  List<String> choices() {
    return List.of();
  }

  /** Any text; the last occurrence counts. */
  static final class Text extends FlagType<String> {

    private final List<String> suggestions;

    Text(List<String> suggestions) {
      this.suggestions = suggestions;
    }

    @Override
    String zero() {
      return "";
    }

    @Override
    String parse(String text, Optional<String> soFar) {
      return text;
    }

    @Override
    String placeholder() {
      return "string";
    }

    @Override
    String show(String value) {
      return value.isEmpty() ? "" : GoText.quote(value);
    }

    @Override
    List<String> choices() {
      return suggestions;
    }
  }

  /** One of a closed list of words. */
  static final class Choice extends FlagType<String> {

    private final List<String> words;
    private final Optional<String> implied;

    Choice(List<String> words, Optional<String> implied) {
      this.words = words;
      this.implied = implied;
    }

    @Override
    Optional<String> impliedText() {
      return implied;
    }

    @Override
    String zero() {
      return "";
    }

    @Override
    String parse(String text, Optional<String> soFar) throws BadValueException {
      if (!words.contains(text)) {
        throw new BadValueException("must be one of " + quotedWords());
      }
      return text;
    }

    private String quotedWords() {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < words.size(); i++) {
        boolean last = i == words.size() - 1;
        // two words are joined by a comma alone, more with an "or" before the last: as cosign
        // prints
        out.append(i == 0 ? "" : last && words.size() > 2 ? ", or " : ", ");
        out.append(GoText.quote(words.get(i)));
      }
      return out.toString();
    }

    @Override
    String placeholder() {
      return String.join("|", words);
    }

    @Override
    String show(String value) {
      return value;
    }

    @Override
    List<String> choices() {
      return words;
    }
  }

  /** A switch; a value only after {@code =}. */
  static final class Switch extends FlagType<Boolean> {

    @Override
    Boolean zero() {
      return false;
    }

    @Override
    Boolean parse(String text, Optional<Boolean> soFar) throws BadValueException {
      return switch (text) {
        case "1", "t", "T", "TRUE", "true", "True" -> true;
        case "0", "f", "F", "FALSE", "false", "False" -> false;
        default ->
            throw new BadValueException(
                "strconv.ParseBool: parsing " + GoText.quote(text) + ": invalid syntax");
      };
    }

    @Override
    String placeholder() {
      return "";
    }

    @Override
    String show(Boolean value) {
      return value ? "true" : "";
    }

    @Override
    Optional<String> impliedText() {
      return Optional.of("true");
    }
  }

  /** A whole number, decimal or with Go's prefixes. */
  static final class Count extends FlagType<Long> {

    @Override
    Long zero() {
      return 0L;
    }

    @Override
    Long parse(String text, Optional<Long> soFar) throws BadValueException {
      boolean negative = text.startsWith("-");
      String digits = negative || text.startsWith("+") ? text.substring(1) : text;
      int radix = 10;
      if (digits.length() > 1 && digits.startsWith("0")) {
        radix =
            switch (digits.charAt(1)) {
              case 'x', 'X' -> 16;
              case 'b', 'B' -> 2;
              default -> 8;
            };
        boolean octalPrefix = digits.charAt(1) == 'o' || digits.charAt(1) == 'O';
        digits = digits.substring(radix != 8 || octalPrefix ? 2 : 1);
      }
      if (!isNumber(digits, radix)) {
        throw problem(text, "invalid syntax");
      }
      try {
        return Long.parseLong((negative ? "-" : "") + digits, radix);
      } catch (NumberFormatException e) {
        throw problem(text, "value out of range");
      }
    }

    private static boolean isNumber(String digits, int radix) {
      for (int i = 0; i < digits.length(); i++) {
        if (digits.charAt(i) > 'f' || Character.digit(digits.charAt(i), radix) < 0) {
          return false;
        }
      }
      return !digits.isEmpty();
    }

    private static BadValueException problem(String text, String what) {
      return new BadValueException("strconv.ParseInt: parsing " + GoText.quote(text) + ": " + what);
    }

    @Override
    String placeholder() {
      return "int";
    }

    @Override
    String show(Long value) {
      return value == 0 ? "" : Long.toString(value);
    }
  }

  /** A length of time in Go's notation. */
  static final class Span extends FlagType<Duration> {

    @Override
    Duration zero() {
      return Duration.ZERO;
    }

    @Override
    Duration parse(String text, Optional<Duration> soFar) throws BadValueException {
      return GoDuration.parse(text);
    }

    @Override
    String placeholder() {
      return "duration";
    }

    @Override
    String show(Duration value) {
      return value.isZero() ? "" : GoDuration.format(value);
    }
  }

  /** A list: repeatable, and each occurrence may hold several values. */
  static final class Texts extends FlagType<List<String>> {

    private final boolean commaSeparated;

    Texts(boolean commaSeparated) {
      this.commaSeparated = commaSeparated;
    }

    @Override
    List<String> zero() {
      return List.of();
    }

    @Override
    List<String> parse(String text, Optional<List<String>> soFar) throws BadValueException {
      List<String> values = new ArrayList<>(soFar.orElse(List.of()));
      if (commaSeparated) {
        values.addAll(CsvLine.parse(text));
      } else {
        values.add(text);
      }
      return List.copyOf(values);
    }

    @Override
    String placeholder() {
      return commaSeparated ? "strings" : "stringArray";
    }

    @Override
    String show(List<String> value) {
      return value.isEmpty() ? "" : "[" + String.join(",", value) + "]";
    }
  }
}
