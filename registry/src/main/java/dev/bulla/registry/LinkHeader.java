package dev.bulla.registry;

import dev.bulla.registry.transport.Headers;
import java.util.Locale;
import java.util.Optional;

/** The {@code Link} header, as far as it names the next page (RFC 8288). */
final class LinkHeader {

  private LinkHeader() {}

  /** The target of the first link with {@code rel=next}, as it stands there. */
  static Optional<String> next(Headers headers) {
    for (String value : headers.all("Link")) {
      int at = 0;
      while (true) {
        int open = value.indexOf('<', at);
        int close = open < 0 ? -1 : value.indexOf('>', open);
        if (close < 0) {
          break;
        }
        int end = value.indexOf('<', close);
        String parameters = value.substring(close + 1, end < 0 ? value.length() : end);
        if (isNext(parameters)) {
          return Optional.of(value.substring(open + 1, close));
        }
        at = close + 1;
      }
    }
    return Optional.empty();
  }

  private static boolean isNext(String parameters) {
    StringBuilder plain = new StringBuilder(parameters.length());
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      if (c != ' ' && c != '\t' && c != '"') {
        plain.append(c);
      }
    }
    String text = plain.toString().toLowerCase(Locale.ROOT);
    int at = text.indexOf(";rel=next");
    int end = at + ";rel=next".length();
    return at >= 0 && (end == text.length() || text.charAt(end) == ';' || text.charAt(end) == ',');
  }
}
