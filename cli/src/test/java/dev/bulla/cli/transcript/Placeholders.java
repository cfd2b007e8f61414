package dev.bulla.cli.transcript;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the placeholders of a transcript stand for. Some values are known from the start; a numbered
 * digest gets its value where it first shows up, and keeps it to the end of the file.
 */
final class Placeholders {

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$(B64DIGEST|[A-Z][A-Z_]*[0-9]*)|\\(help text\\)");

  private static final Map<String, String> PATTERNS =
      Map.of(
          "SIGNATURE", "[A-Za-z0-9+/]+=*",
          "PAYLOAD", "[A-Za-z0-9+/]+=*",
          "HINT", "[A-Za-z0-9+/]+=*",
          "B64DIGEST", "[A-Za-z0-9+/]{43}=",
          "PEM", "[A-Za-z0-9+/=\\n]+?",
          "TIME", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z",
          "CAUSE", ".*",
          "PRIVACY_STATEMENT", "(?s:.+)");

  private final Map<String, String> values = new HashMap<>();

  void bind(String name, String value) {
    values.put(name, value);
  }

  /** The text with every placeholder replaced by its value; all have to be known. */
  String fill(String text) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(match -> {
          String value = match.group(1) == null ? null : values.get(match.group(1));
          if (value == null) {
            throw new IllegalArgumentException("no value for " + match.group());
          }
          return Matcher.quoteReplacement(value);
        });
  }

  /**
   * Whether the actual text is what the expected one describes; learns digests seen for the first
   * time.
   */
  boolean match(String expected, String actual) {
    Set<String> learned = new HashSet<>();
    Matcher matcher = pattern(expected, learned).matcher(actual);
    if (!matcher.matches()) {
      return false;
    }
    for (String name : learned) {
      values.put(name, matcher.group(name));
    }
    return true;
  }

  private Pattern pattern(String expected, Set<String> learned) {
    StringBuilder regex = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(expected);
    int from = 0;
    while (matcher.find()) {
      regex.append(Pattern.quote(expected.substring(from, matcher.start())));
      regex.append(matcher.group(1) == null ? "(?s:.+)" : placeholder(matcher.group(1), learned));
      from = matcher.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(expected.substring(from))).toString());
  }

  private String placeholder(String name, Set<String> learned) {
    String value = values.get(name);
    if (value != null) {
      return Pattern.quote(value);
    }
    if (name.startsWith("HEX")) {
      return learned.add(name) ? "(?<" + name + ">[0-9a-f]{64})" : "\\k<" + name + ">";
    }
    String pattern = PATTERNS.get(name);
    if (pattern == null) {
      throw new IllegalArgumentException("no value for $" + name);
    }
    return pattern;
  }
}
