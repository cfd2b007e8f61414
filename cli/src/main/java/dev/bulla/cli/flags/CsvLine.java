package dev.bulla.cli.flags;

import java.util.ArrayList;
import java.util.List;

/**
 * One comma-separated record, with the quoting rules of Go's {@code encoding/csv}: a field that
 * starts with a double quote may hold commas, and two double quotes inside stand for one.
 */
final class CsvLine {

  private final String text;
  private final List<String> fields = new ArrayList<>();
  private int at;

  private CsvLine(String text) {
    this.text = text;
  }

  static List<String> parse(String text) throws BadValueException {
    return text.isEmpty() ? List.of() : new CsvLine(text).fields();
  }

  private List<String> fields() throws BadValueException {
    while (atLineEnd()) {
      at++; // empty lines in front of the record do not count
      if (at == text.length()) {
        throw new BadValueException("EOF");
      }
    }
    do {
      fields.add(peek('"') ? quoted() : bare());
    } while (take(','));
    return List.copyOf(fields);
  }

  private String bare() throws BadValueException {
    int start = at;
    while (at < text.length() && !peek(',') && !atLineEnd()) {
      if (peek('"')) {
        throw problem("bare \" in non-quoted field");
      }
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() throws BadValueException {
    StringBuilder field = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (take('"')) {
        field.append('"');
      } else if (at == text.length() || peek(',') || atLineEnd()) {
        return field.toString();
      } else {
        at--;
        throw problem("extraneous or missing \" in quoted-field");
      }
    }
    throw problem("extraneous or missing \" in quoted-field");
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean take(char c) {
    if (peek(c)) {
      at++;
      return true;
    }
    return false;
  }

  private boolean atLineEnd() {
    return peek('\n') || (peek('\r') && at + 1 < text.length() && text.charAt(at + 1) == '\n');
  }

  private BadValueException problem(String what) {
    return new BadValueException("parse error on line 1, column " + (at + 1) + ": " + what);
  }
}
