package dev.bulla.architecture;

/** Just enough of Java's grammar to tell code from comments and literals. */
final class JavaText {

  private JavaText() {}

  /**
   * The source with every comment and the inside of every literal replaced by blanks; lines stay
   * where they are.
   */
  static String codeOnly(String source) {
    StringBuilder code = new StringBuilder(source.length());
    int at = 0;
    while (at < source.length()) {
      int end = endOfSkipped(source, at);
      if (end == at) {
        code.append(source.charAt(at++));
        continue;
      }
      for (; at < end; at++) {
        code.append(source.charAt(at) == '\n' ? '\n' : ' ');
      }
    }
    return code.toString();
  }

  /** Where a comment or literal that starts here ends; {@code at} itself when none does. */
  private static int endOfSkipped(String source, int at) {
    if (source.startsWith("//", at)) {
      int line = source.indexOf('\n', at);
      return line < 0 ? source.length() : line;
    }
    if (source.startsWith("/*", at)) {
      int close = source.indexOf("*/", at + 2);
      return close < 0 ? source.length() : close + 2;
    }
    if (source.startsWith("\"\"\"", at)) {
      return endOfLiteral(source, at + 3, "\"\"\"");
    }
    char c = source.charAt(at);
    return c == '"' || c == '\'' ? endOfLiteral(source, at + 1, String.valueOf(c)) : at;
  }

  private static int endOfLiteral(String source, int from, String quote) {
    for (int i = from; i < source.length(); i++) {
      if (source.charAt(i) == '\\') {
        i++;
      } else if (source.startsWith(quote, i)) {
        return i + quote.length();
      }
    }
    return source.length();
  }

  /** The number of the line that a position is on, from one. */
  static int lineAt(String text, int position) {
    return (int) text.substring(0, position).chars().filter(c -> c == '\n').count() + 1;
  }
}
