package dev.bulla.json;

import java.math.BigDecimal;

/**
 * Doubles as ECMAScript prints them (ECMA-262 "Number::toString", radix 10), which RFC 8785
 * §3.2.2.3 asks for and Go's encoder does too, up to the sign of zero.
 */
final class EcmaScriptNumber {

  /** Below this, doubles are so far apart that one digit can name one where the JDK prints two. */
  private static final double COARSE = 1e-321;

  private EcmaScriptNumber() {}

  /**
   * The shortest decimal that reads back as the value.
   *
   * @throws IllegalArgumentException for NaN and the infinities
   */
  static String format(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no spelling for " + value);
    }
    if (value == 0) {
      return "0";
    }
    // The JDK finds the shortest digits (since 19); only the layout is its own: d.dddE[-]x or
    // ddd.ddd.
    String java = Double.toString(Math.abs(value));
    int exponentMark = java.indexOf('E');
    int exponent = exponentMark < 0 ? 0 : Integer.parseInt(java.substring(exponentMark + 1));
    String mantissa = exponentMark < 0 ? java : java.substring(0, exponentMark);
    int point = mantissa.indexOf('.');
    String all = mantissa.substring(0, point) + mantissa.substring(point + 1);
    int first = 0;
    while (all.charAt(first) == '0') {
      first++;
    }
    int last = all.length();
    while (all.charAt(last - 1) == '0') {
      last--;
    }
    String digits = all.substring(first, last);
    // value = 0.digits × 10^scale
    int scale = point - first + exponent;
    String text =
        digits.length() == 2 && Math.abs(value) < COARSE
            ? layOutCoarse(digits, scale, Math.abs(value))
            : layOut(digits, scale);
    return value < 0 ? "-" + text : text;
  }

  private static String layOut(String digits, int scale) {
    int count = digits.length();
    if (count <= scale && scale <= 21) {
      return digits + "0".repeat(scale - count);
    }
    if (0 < scale && scale <= 21) {
      return digits.substring(0, scale) + "." + digits.substring(scale);
    }
    if (-6 < scale && scale <= 0) {
      return "0." + "0".repeat(-scale) + digits;
    }
    int exponent = scale - 1;
    String mantissa = count == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa + (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
  }

  /**
   * {@code Double.toString} has at least two digits and prefers the closer: 4.9E-324 where
   * ECMAScript has the shorter 5e-324, and 9.9E-324 where it has 1e-323.
   */
  private static String layOutCoarse(String twoDigits, int scale, double value) {
    BigDecimal exact = new BigDecimal(value);
    String best = layOut(twoDigits, scale);
    BigDecimal bestDistance = null;
    int tens = twoDigits.charAt(0) - '0';
    for (int candidate = tens; candidate <= tens + 1; candidate++) {
      BigDecimal decimal = BigDecimal.valueOf(candidate).scaleByPowerOfTen(scale - 1);
      BigDecimal distance = decimal.subtract(exact).abs();
      if (decimal.doubleValue() == value
          && (bestDistance == null || distance.compareTo(bestDistance) < 0)) {
        best = candidate == 10 ? layOut("1", scale + 1) : layOut(String.valueOf(candidate), scale);
        bestDistance = distance;
      }
    }
    return best;
  }
}
