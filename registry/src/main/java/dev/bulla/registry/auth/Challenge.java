package dev.bulla.registry.auth;

import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110 §11.6.1): what kind of credentials a
 * server wants, and for what.
 *
 * @param scheme lower case: {@code basic}, {@code bearer}
 * @param parameters names in lower case; the first value of a name counts
 */
public record Challenge(String scheme, Map<String, String> parameters) {

  private static final String WHAT = "WWW-Authenticate header";
  private static final int MAX_LENGTH = 16 << 10;
  private static final int MAX_CHALLENGES = 16;
  private static final int MAX_PARAMETERS = 32;

  public Challenge {
    parameters = Map.copyOf(parameters);
  }

  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /**
   * The challenges of all header fields of a response, in order. Accepts odd spacing, any order of
   * parameters and empty list elements.
   */
  public static List<Challenge> parse(List<String> values) throws MalformedInputException {
    List<Challenge> challenges = new ArrayList<>();
    int length = 0;
    for (String value : values) {
      length += value.length();
      if (length > MAX_LENGTH) {
        throw new MalformedInputException(WHAT, "longer than " + MAX_LENGTH + " characters");
      }
      new Parser(value, challenges).parse();
    }
    return List.copyOf(challenges);
  }

  /**
   * Walks over one header field. The grammar is a comma list within a comma list; what decides is
   * the equals sign.
   */
  private static final class Parser {
    private final String text;
    private final List<Challenge> into;
    private int at;

    Parser(String text, List<Challenge> into) {
      this.text = text;
      this.into = into;
    }

    void parse() throws MalformedInputException {
      skip(" \t,");
      while (at < text.length()) {
        if (into.size() == MAX_CHALLENGES) {
          throw new MalformedInputException(WHAT, "too many challenges");
        }
        String scheme = token().toLowerCase(Locale.ROOT);
        into.add(new Challenge(scheme, parameters()));
        skip(" \t,");
      }
    }

    private Map<String, String> parameters() throws MalformedInputException {
      Map<String, String> found = new LinkedHashMap<>();
      if (at < text.length() && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
        if (text.charAt(at) != ',') {
          throw new MalformedInputException(WHAT, "unexpected character after a scheme");
        }
        return found;
      }
      skip(" \t");
      if (isToken68()) {
        return found;
      }
      while (true) {
        skip(" \t,");
        int start = at;
        if (at == text.length()) {
          return found;
        }
        String name = token().toLowerCase(Locale.ROOT);
        skip(" \t");
        if (at == text.length() || text.charAt(at) != '=') {
          // no parameter: the next challenge starts here
          at = start;
          return found;
        }
        at++;
        skip(" \t");
        String value = at < text.length() && text.charAt(at) == '"' ? quoted() : unquoted();
        if (found.size() == MAX_PARAMETERS) {
          throw new MalformedInputException(WHAT, "too many parameters");
        }
        found.putIfAbsent(name, value);
      }
    }

    /** {@code Negotiate abcd==}: consumed and ignored, since no scheme we know has one. */
    private boolean isToken68() {
      int i = at;
      while (i < text.length() && (isTokenChar(text.charAt(i)) || text.charAt(i) == '/')) {
        i++;
      }
      boolean word = i > at;
      while (i < text.length() && text.charAt(i) == '=') {
        i++;
      }
      while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
        i++;
      }
      // whatever else follows makes it a parameter, or the next challenge
      if (!word || (i < text.length() && text.charAt(i) != ',')) {
        return false;
      }
      at = i;
      return true;
    }

    private String token() throws MalformedInputException {
      int start = at;
      while (at < text.length() && isTokenChar(text.charAt(at))) {
        at++;
      }
      if (at == start) {
        throw new MalformedInputException(WHAT, "unexpected character");
      }
      return text.substring(start, at);
    }

    /**
     * Some servers forget the quotation marks around URLs and scopes; the value then ends at a
     * blank or comma.
     */
    private String unquoted() {
      int start = at;
      while (at < text.length() && ", \t".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() throws MalformedInputException {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return value.toString();
        }
        if (c == '\\') {
          at++;
          if (at == text.length()) {
            break;
          }
          c = text.charAt(at);
        }
        value.append(c);
      }
      throw new MalformedInputException(WHAT, "a quoted string does not end");
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private static boolean isTokenChar(char c) {
      return c > 0x20 && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }
}
