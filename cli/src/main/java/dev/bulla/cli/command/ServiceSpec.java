package dev.bulla.cli.command;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One service as a line describes it: {@code key=value}, separated by commas. Of a key that comes
 * twice the last one counts; keys that mean nothing are ignored, as cosign does.
 */
final class ServiceSpec {

  private static final String LAYOUT = "2006-01-02T15:04:05Z07:00";

  private final String kind;
  private final Map<String, String> pairs;

  private ServiceSpec(String kind, Map<String, String> pairs) {
    this.kind = kind;
    this.pairs = pairs;
  }

  /**
   * Reads a description.
   *
   * @param kind what messages call it: {@code fulcio}
   */
  static ServiceSpec parse(String kind, String text) throws ConfigurationException {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new ConfigurationException("invalid key-value pair: " + Quoted.plain(pair));
      }
      pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return new ServiceSpec(kind, pairs);
  }

  /** A value that has to be there, and not empty. */
  String required(String key) throws ConfigurationException {
    String value = pairs.getOrDefault(key, "");
    if (value.isEmpty()) {
      throw new ConfigurationException(
          "missing or empty required key '" + key + "' in " + kind + " spec");
    }
    return value;
  }

  /** As {@link #required}, in the words for services of a signing config. */
  String present(String key) throws ConfigurationException {
    String value = pairs.getOrDefault(key, "");
    if (value.isEmpty()) {
      throw new ConfigurationException("missing required key '" + key + "' in " + kind + " spec");
    }
    return value;
  }

  /** The value; nothing when it is missing or empty. */
  Optional<String> optional(String key) {
    return Optional.of(pairs.getOrDefault(key, "")).filter(value -> !value.isEmpty());
  }

  /** A time that may be missing. */
  Optional<Instant> optionalTime(String key) throws ConfigurationException {
    Optional<String> text = optional(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(time(key, text.get()));
  }

  static Instant time(String key, String text) throws ConfigurationException {
    try {
      return time(text);
    } catch (ConfigurationException e) {
      throw e.in("parsing " + key);
    }
  }

  /** RFC 3339; a year has four digits. */
  static Instant time(String text) throws ConfigurationException {
    String form =
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
            + "(Z|[+-][0-9]{2}:[0-9]{2})";
    if (text.matches(form)) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw noTime(text, ": out of range", e);
      }
    }
    throw noTime(text, ": cannot parse \"" + Quoted.plain(text) + "\" as \"2006\"", null);
  }

  private static ConfigurationException noTime(String text, String why, @Nullable Throwable cause) {
    return new ConfigurationException(
        "parsing time \"" + Quoted.plain(text) + "\" as \"" + LAYOUT + "\"" + why, cause);
  }
}
