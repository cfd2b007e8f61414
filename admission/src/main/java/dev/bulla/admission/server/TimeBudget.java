package dev.bulla.admission.server;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a review may take. The API server says how long it waits in the {@code timeout}
 * parameter; the answer has to be there before.
 */
final class TimeBudget {

  /** When the API server does not say how long it waits. */
  static final Duration DEFAULT = Duration.ofSeconds(25);

  /** For the way there and back. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  /** No API server waits longer for a webhook. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Go's notation for durations, as far as it is used here. */
  private static final Pattern SPELLING = Pattern.compile("(\\d{1,6})(ms|s|m)");

  private TimeBudget() {}

  /**
   * What is left of a parameter's time for deciding: two seconds less, yet never less than half.
   */
  static Duration of(Optional<String> parameter) {
    Matcher matcher = SPELLING.matcher(parameter.orElse(""));
    if (!matcher.matches()) {
      return DEFAULT;
    }
    long number = Long.parseLong(matcher.group(1));
    Duration waits =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          default -> Duration.ofMinutes(number);
        };
    if (waits.isZero()) {
      return DEFAULT;
    }
    if (waits.compareTo(LONGEST) > 0) {
      waits = LONGEST;
    }
    Duration left = waits.minus(MARGIN);
    Duration half = waits.dividedBy(2);
    return left.compareTo(half) > 0 ? left : half;
  }
}
