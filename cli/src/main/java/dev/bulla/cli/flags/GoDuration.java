package dev.bulla.cli.flags;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations in Go's notation: {@code 90s}, {@code 1h30m}, {@code 1.5s}. */
final class GoDuration {

  private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  static Duration parse(String text) throws BadValueException {
    int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    if (text.substring(at).equals("0")) {
      return Duration.ZERO;
    }
    if (at == text.length()) {
      throw invalid(text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (at < text.length()) {
      int unitStart = end(text, at, true);
      int unitEnd = end(text, unitStart, false);
      BigDecimal amount = amount(text, text.substring(at, unitStart));
      if (unitStart == unitEnd) {
        throw new BadValueException("time: missing unit in duration " + GoText.quote(text));
      }
      nanos = nanos.add(amount.multiply(unit(text, text.substring(unitStart, unitEnd))));
      at = unitEnd;
    }
    if (nanos.compareTo(MAX_NANOS) > 0) {
      throw invalid(text);
    }
    long exact = nanos.setScale(0, RoundingMode.DOWN).longValueExact();
    return Duration.ofNanos(text.startsWith("-") ? -exact : exact);
  }

  /**
   * The end of the run of number characters, or of the run of other characters, that starts here.
   */
  private static int end(String text, int from, boolean number) {
    int at = from;
    while (at < text.length() && isNumber(text.charAt(at)) == number) {
      at++;
    }
    return at;
  }

  private static boolean isNumber(char c) {
    return c == '.' || (c >= '0' && c <= '9');
  }

  private static BigDecimal amount(String text, String number) throws BadValueException {
    boolean oneDot = number.indexOf('.') == number.lastIndexOf('.');
    if (number.isEmpty() || number.equals(".") || !oneDot || number.length() > 40) {
      throw invalid(text);
    }
    return new BigDecimal("0" + number + (number.endsWith(".") ? "0" : ""));
  }

  private static BigDecimal unit(String text, String unit) throws BadValueException {
    return switch (unit) {
      case "ns" -> BigDecimal.ONE;
      case "us", "µs", "μs" -> BigDecimal.valueOf(1_000L);
      case "ms" -> BigDecimal.valueOf(1_000_000L);
      case "s" -> BigDecimal.valueOf(1_000_000_000L);
      case "m" -> BigDecimal.valueOf(60_000_000_000L);
      case "h" -> BigDecimal.valueOf(3_600_000_000_000L);
      default ->
          throw new BadValueException(
              "time: unknown unit " + GoText.quote(unit) + " in duration " + GoText.quote(text));
    };
  }

  private static BadValueException invalid(String text) {
    return new BadValueException("time: invalid duration " + GoText.quote(text));
  }

  /** As Go prints it: {@code 3m0s}, {@code 1.5s}, {@code 0s}. */
  static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      long nanos = duration.toNanos();
      return nanos < 1_000
          ? nanos + "ns"
          : nanos < 1_000_000 ? plain(nanos, 3) + "µs" : plain(nanos, 6) + "ms";
    }
    StringBuilder out = new StringBuilder();
    if (duration.toHours() > 0) {
      out.append(duration.toHours()).append('h');
    }
    if (duration.toMinutes() > 0) {
      out.append(duration.toMinutesPart()).append('m');
    }
    long rest = duration.toSecondsPart() * 1_000_000_000L + duration.toNanosPart();
    return out.append(plain(rest, 9)).append('s').toString();
  }

  private static String plain(long value, int decimals) {
    BigDecimal shifted = BigDecimal.valueOf(value, decimals).stripTrailingZeros();
    return shifted.toPlainString();
  }
}
