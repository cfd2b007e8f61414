package dev.bulla.error;

/**
 * Text from outside, made safe to show: shortened, with control characters, escape sequences and
 * bidirectional controls spelled out, so that it can neither move a terminal's cursor nor forge a
 * log line.
 */
public final class Quoted {

  /** The longest foreign text that is shown whole, in characters. */
  public static final int MAX_CHARS = 200;

  private Quoted() {}

  /** The text in double quotes, escaped and shortened. */
  public static String text(String untrusted) {
    StringBuilder out = new StringBuilder(Math.min(untrusted.length(), MAX_CHARS) + 2);
    out.append('"');
    append(out, untrusted, MAX_CHARS, true);
    return out.append('"').toString();
  }

  /**
   * The text without quotes, escaped and shortened; for places where quotes would change a
   * well-known message.
   */
  public static String plain(String untrusted) {
    return plain(untrusted, MAX_CHARS);
  }

  /** As {@link #plain(String)}, with a limit of the caller's, in characters. */
  public static String plain(String untrusted, int maxChars) {
    StringBuilder out = new StringBuilder(Math.min(untrusted.length(), maxChars));
    append(out, untrusted, maxChars, false);
    return out.toString();
  }

  private static void append(StringBuilder out, String text, int maxChars, boolean quotes) {
    int shown = 0;
    for (int i = 0; i < text.length(); ) {
      if (shown == maxChars) {
        out.append("… (").append(text.length()).append(" characters)");
        return;
      }
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      shown++;
      if (quotes && (c == '"' || c == '\\')) {
        out.append('\\').appendCodePoint(c);
      } else if (isSafe(c)) {
        out.appendCodePoint(c);
      } else {
        escape(out, c);
      }
    }
  }

  private static boolean isSafe(int c) {
    if (c < 0x7f) {
      return c >= 0x20;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static void escape(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        out.append("\\u{");
        out.append(Integer.toHexString(c));
        out.append('}');
      }
    }
  }
}
