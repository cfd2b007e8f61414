package dev.bulla.json;

import dev.bulla.error.MalformedInputException;
import java.util.OptionalLong;

/**
 * A JSON number as it was spelled. Always finite as an IEEE 754 double: text that overflows one is
 * no number here (RFC 8259 §6 leaves that to us), so every consumer can rely on {@link
 * #doubleValue()}.
 *
 * <p>Equality is of the spelling: {@code 1} and {@code 1.0} differ.
 */
public record JsonNumber(String text) implements JsonValue {

  /** Digits of this length fit a double whatever they are; only an exponent can overflow one. */
  private static final int SURELY_FINITE = 300;

  public JsonNumber {
    if (!isSpelling(text) || !isFinite(text)) {
      throw new IllegalArgumentException("not a JSON number of finite size");
    }
  }

  public static JsonNumber of(long value) {
    return new JsonNumber(Long.toString(value));
  }

  /**
   * The shortest spelling that reads back as this value, laid out as ECMAScript and Go do. Negative
   * zero keeps its sign.
   *
   * @throws IllegalArgumentException for NaN and the infinities, which JSON cannot express
   */
  public static JsonNumber of(double value) {
    boolean negativeZero = value == 0 && Double.doubleToRawLongBits(value) != 0;
    return new JsonNumber(negativeZero ? "-0" : EcmaScriptNumber.format(value));
  }

  /**
   * The value, when it is spelled as an integer (no fraction, no exponent) of 64 bits. An exponent
   * is never expanded.
   *
   * @throws MalformedInputException when it is not
   */
  public long longValue() throws MalformedInputException {
    OptionalLong exact = exactLong();
    if (exact.isEmpty()) {
      throw new MalformedInputException("JSON number", "expected an integer of 64 bits");
    }
    return exact.getAsLong();
  }

  /** The nearest double. Never infinite. */
  public double doubleValue() {
    return Double.parseDouble(text);
  }

  OptionalLong exactLong() {
    return parseLong(text);
  }

  /**
   * The value of a JSON integer; empty when the text is spelled in any other way, or needs more
   * than 64 bits.
   */
  static OptionalLong parseLong(String text) {
    // the longest has a sign and 19 digits
    if (text.length() > 20 || integerEnd(text) != text.length()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether the text is spelled as RFC 8259 §6 has it. */
  static boolean isSpelling(String text) {
    int at = integerEnd(text);
    if (at < 0) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == '.') {
      int end = digitsEnd(text, at + 1);
      if (end == at + 1) {
        return false;
      }
      at = end;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int end = digitsEnd(text, at);
      if (end == at) {
        return false;
      }
      at = end;
    }
    return at == text.length();
  }

  static boolean isFinite(String text) {
    if (text.length() < SURELY_FINITE && text.indexOf('e') < 0 && text.indexOf('E') < 0) {
      return true;
    }
    return Double.isFinite(Double.parseDouble(text));
  }

  /** Where the integer part ends; -1 when there is none. */
  private static int integerEnd(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int end = digitsEnd(text, start);
    if (end == start || (text.charAt(start) == '0' && end > start + 1)) {
      return -1;
    }
    return end;
  }

  private static int digitsEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  @Override
  public String toString() {
    return "JsonNumber[" + text.length() + " characters]";
  }
}
