package dev.bulla.cli.command;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A pattern for names in certificates, as cosign reads it: RE2 syntax, in linear time, found
 * anywhere in the name. Says once when it accepts a name of which it covers only a part.
 */
final class IdentityPattern implements Predicate<String> {

  /** The longest pattern, in characters. */
  static final int MAX_LENGTH = 4096;

  /** How deep groups may lie in each other. */
  static final int MAX_DEPTH = 100;

  /** How often a part may be repeated by counts, those of the groups around it multiplied. */
  static final int MAX_REPEATS = 1000;

  private final String flag;
  private final Pattern pattern;
  private final Consumer<String> notes;
  private final AtomicBoolean said = new AtomicBoolean();

  private IdentityPattern(String flag, Pattern pattern, Consumer<String> notes) {
    this.flag = flag;
    this.pattern = pattern;
    this.notes = notes;
  }

  /**
   * Reads a pattern.
   *
   * @param flag the one it comes from, without dashes
   * @param notes is told of a match of only a part
   * @throws ConfigurationException when it is none, or would take too much to run
   */
  static IdentityPattern parse(String flag, String typed, Consumer<String> notes)
      throws ConfigurationException {
    refuseHuge(flag, typed);
    try {
      return new IdentityPattern(flag, Pattern.compile(typed), notes);
    } catch (PatternSyntaxException e) {
      throw new ConfigurationException(
          "--" + flag + ": " + Quoted.plain(String.valueOf(e.getMessage())),
          "patterns are written as for cosign: https://github.com/google/re2/wiki/Syntax");
    }
  }

  /** The compiler unrolls counts and descends into groups; both stay small. */
  private static void refuseHuge(String flag, String typed) throws ConfigurationException {
    boolean huge = typed.length() > MAX_LENGTH;
    if (!huge) {
      try {
        huge = new Repeats(typed).most() > MAX_REPEATS;
      } catch (TooDeepException e) {
        huge = true;
      }
    }
    if (huge) {
      throw new ConfigurationException(
          "--" + flag + ": the pattern is too large",
          "up to "
              + MAX_LENGTH
              + " characters, "
              + MAX_DEPTH
              + " levels of groups, and counts in counts up to "
              + MAX_REPEATS);
    }
  }

  @Override
  public boolean test(String name) {
    Matcher matcher = pattern.matcher(name);
    if (matcher.matches()) {
      return true;
    }
    matcher.reset();
    if (!matcher.find()) {
      return false;
    }
    if (!said.getAndSet(true)) {
      notes.accept(
          "--"
              + flag
              + " fits only a part of "
              + Quoted.text(name)
              + ": names that contain such a part are all accepted; ^ and $ around the pattern make"
              + " it fit whole names");
    }
    return true;
  }

  private static final class TooDeepException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** How often the innermost part of a pattern is repeated by counts; 1 without any. */
  private static final class Repeats {
    private final String text;
    private int at;

    Repeats(String text) {
      this.text = text;
    }

    long most() throws TooDeepException {
      long most = 1;
      while (at < text.length()) {
        // what closes no group is an error that the compiler names
        most = Math.max(most, group(0));
      }
      return most;
    }

    private long group(int depth) throws TooDeepException {
      if (depth > MAX_DEPTH) {
        throw new TooDeepException();
      }
      long most = 1;
      long last = 1;
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '\\') {
          skipEscape();
          last = 1;
        } else if (c == '[') {
          skipSet();
          last = 1;
        } else if (c == '(') {
          last = group(depth + 1);
        } else if (c == ')') {
          return most;
        } else if (c == '{') {
          last = Math.min(Integer.MAX_VALUE, last * count());
        } else if ("*+?".indexOf(c) < 0) {
          last = 1;
        }
        most = Math.max(most, last);
      }
      return most;
    }

    private void skipEscape() {
      if (text.startsWith("Q", at)) {
        int end = text.indexOf("\\E", at);
        at = end < 0 ? text.length() : end + 2;
      } else {
        at++;
      }
    }

    private void skipSet() {
      if (text.startsWith("^", at)) {
        at++;
      }
      int first = at;
      while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      at++;
    }

    /** The larger number in the braces; 1 where they are no count. */
    private long count() {
      int end = text.indexOf('}', at);
      if (end < 0) {
        return 1;
      }
      long larger = 0;
      for (String number : text.substring(at, end).split(",", -1)) {
        if (number.length() > 9 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
          return 1;
        }
        larger = Math.max(larger, number.isEmpty() ? 0 : Integer.parseInt(number));
      }
      at = end + 1;
      return Math.max(1, larger);
    }
  }
}
