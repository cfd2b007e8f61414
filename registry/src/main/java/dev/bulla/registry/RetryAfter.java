package dev.bulla.registry;

import dev.bulla.registry.transport.Headers;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;

/** The {@code Retry-After} header in both of its forms (RFC 9110 §10.2.3). */
final class RetryAfter {

  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /** Seconds to wait, not negative; empty when the server does not say, or not understandably. */
  static OptionalLong seconds(Headers headers, Instant now) {
    Optional<String> value = headers.first("Retry-After");
    if (value.isEmpty() || value.get().isEmpty()) {
      return OptionalLong.empty();
    }
    String text = value.get();
    if (isDigits(text)) {
      return OptionalLong.of(text.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(text));
    }
    try {
      Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      // round up: a moment too early is too early
      long millis = when.toEpochMilli() - now.toEpochMilli();
      return OptionalLong.of(Math.max(0, Math.ceilDiv(millis, 1000)));
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
