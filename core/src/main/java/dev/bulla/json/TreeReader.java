package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the tree from bytes, by recursive descent over the grammar of RFC 8259. Recursion is
 * bounded by {@link JsonLimits#maxDepth()}. Own code rather than a library's: a dozen milliseconds
 * less to start, and nothing to configure that could make it lenient.
 */
final class TreeReader {

  private static final int END = -1;

  private final byte[] input;
  private final String what;
  private final JsonLimits limits;
  private int at;
  private int values;

  private TreeReader(byte[] input, String what, JsonLimits limits) {
    this.input = input;
    this.what = what;
    this.limits = limits;
  }

  static JsonValue read(Bytes input, String what, JsonLimits limits)
      throws MalformedInputException {
    return new TreeReader(input.toByteArray(), what, limits).document();
  }

  private JsonValue document() throws MalformedInputException {
    if (input.length >= 3
        && input[0] == (byte) 0xef
        && input[1] == (byte) 0xbb
        && input[2] == (byte) 0xbf) {
      throw new MalformedInputException(what, "starts with a byte order mark");
    }
    skipWhitespace();
    if (next() == END) {
      throw new MalformedInputException(what, "empty where a JSON value is expected");
    }
    JsonValue value = value(0);
    skipWhitespace();
    if (next() != END) {
      throw malformed("data after the JSON value", at);
    }
    return value;
  }

  private JsonValue value(int depth) throws MalformedInputException {
    int start = at;
    if (++values > limits.maxValues()) {
      throw malformed("more than " + limits.maxValues() + " JSON values", start);
    }
    return switch (next()) {
      case '"' -> new JsonString(string());
      case '{' -> object(deeper(depth));
      case '[' -> array(deeper(depth));
      case 't' -> literal("true", JsonBoolean.TRUE);
      case 'f' -> literal("false", JsonBoolean.FALSE);
      case 'n' -> literal("null", JsonNull.INSTANCE);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw notJson();
    };
  }

  private int deeper(int depth) throws MalformedInputException {
    if (depth >= limits.maxDepth()) {
      throw malformed("JSON nested deeper than " + limits.maxDepth() + " levels", at);
    }
    return depth + 1;
  }

  private JsonObject object(int depth) throws MalformedInputException {
    JsonObject.Builder members = JsonObject.builder();
    at++;
    skipWhitespace();
    if (next() == '}') {
      at++;
      return members.build();
    }
    while (true) {
      int start = at;
      if (next() != '"') {
        throw notJson();
      }
      if (members.size() >= limits.maxMembers()) {
        throw malformed("JSON object with more than " + limits.maxMembers() + " members", start);
      }
      String name = string();
      if (members.has(name)) {
        throw malformed("duplicate member " + Quoted.text(name), start);
      }
      skipWhitespace();
      if (next() != ':') {
        throw notJson();
      }
      at++;
      skipWhitespace();
      members.put(name, value(depth));
      if (!another('}')) {
        return members.build();
      }
    }
  }

  private JsonArray array(int depth) throws MalformedInputException {
    at++;
    skipWhitespace();
    if (next() == ']') {
      at++;
      return JsonArray.EMPTY;
    }
    List<JsonValue> elements = new ArrayList<>();
    do {
      elements.add(value(depth));
    } while (another(']'));
    return new JsonArray(elements);
  }

  /** Passes a comma and says so, or passes the end and does not. */
  private boolean another(char end) throws MalformedInputException {
    skipWhitespace();
    int c = next();
    if (c == ',') {
      at++;
      skipWhitespace();
      return true;
    }
    if (c == end) {
      at++;
      return false;
    }
    throw notJson();
  }

  private JsonValue literal(String text, JsonValue value) throws MalformedInputException {
    for (int i = 0; i < text.length(); i++) {
      if (next() != text.charAt(i)) {
        throw notJson();
      }
      at++;
    }
    return value;
  }

  private JsonNumber number() throws MalformedInputException {
    int start = at;
    while (isPartOfNumber(next())) {
      at++;
    }
    if (at - start > limits.maxNumberLength()) {
      throw malformed("number longer than " + limits.maxNumberLength() + " characters", start);
    }
    String text = new String(input, start, at - start, StandardCharsets.ISO_8859_1);
    if (!JsonNumber.isSpelling(text)) {
      throw at == input.length ? endsInside() : malformed("not valid JSON", start);
    }
    if (!JsonNumber.isFinite(text)) {
      throw malformed("number too large", start);
    }
    return new JsonNumber(text);
  }

  private static boolean isPartOfNumber(int c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  }

  private String string() throws MalformedInputException {
    int start = at;
    at++;
    int run = at;
    int all = 0;
    StringBuilder unescaped = null;
    while (true) {
      int c = next();
      if (c == '"') {
        break;
      }
      if (c == '\\') {
        unescaped = unescaped == null ? new StringBuilder() : unescaped;
        unescaped.append(text(run, at, all));
        unescaped.append(escaped());
        run = at;
        all = 0;
      } else if (c < 0x20) {
        throw notJson();
      } else {
        all |= c;
        at++;
      }
    }
    String last = text(run, at, all);
    at++;
    String text = unescaped == null ? last : unescaped.append(last).toString();
    if (text.length() > limits.maxStringLength()) {
      throw malformed("string longer than " + limits.maxStringLength() + " characters", start);
    }
    if (unescaped != null && hasUnpairedSurrogate(text)) {
      throw malformed("escaped surrogate that is not one of a pair", start);
    }
    return text;
  }

  /**
   * @param all all its bytes in one, which tells whether there is any beyond ASCII
   */
  private String text(int from, int to, int all) throws MalformedInputException {
    if (all < 0x80) {
      return new String(input, from, to - from, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(input, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(what, "not valid UTF-8", e);
    }
  }

  private char escaped() throws MalformedInputException {
    at++;
    int c = next();
    if (c == 'u') {
      at++;
      return fourDigits();
    }
    char meant =
        switch (c) {
          case '"', '\\', '/' -> (char) c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          default -> throw notJson();
        };
    at++;
    return meant;
  }

  private char fourDigits() throws MalformedInputException {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int c = next();
      int digit;
      if (c >= '0' && c <= '9') {
        digit = c - '0';
      } else if (c >= 'a' && c <= 'f') {
        digit = c - 'a' + 10;
      } else if (c >= 'A' && c <= 'F') {
        digit = c - 'A' + 10;
      } else {
        throw notJson();
      }
      unit = unit << 4 | digit;
      at++;
    }
    return (char) unit;
  }

  private static boolean hasUnpairedSurrogate(String text) {
    boolean high = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (high != Character.isLowSurrogate(c)) {
        return true;
      }
      high = Character.isHighSurrogate(c);
    }
    return high;
  }

  /** The byte at the current position, 0 to 255; {@link #END} after the last. */
  private int next() {
    return at < input.length ? input[at] & 0xff : END;
  }

  private void skipWhitespace() {
    while (at < input.length) {
      byte c = input[at];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      at++;
    }
  }

  private MalformedInputException notJson() {
    return at >= input.length ? endsInside() : malformed("not valid JSON", at);
  }

  private MalformedInputException endsInside() {
    return new MalformedInputException(what, "ends inside a JSON value");
  }

  /** Never quotes the document, which may be a credential file. Columns are counted in bytes. */
  private MalformedInputException malformed(String problem, int position) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < position; i++) {
      if (input[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new MalformedInputException(
        what, problem + " (line " + line + ", column " + (position - lineStart + 1) + ")");
  }
}
