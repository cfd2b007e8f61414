package dev.bulla.cli.command;

import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of {@code -a}: {@code key=value}, split at the first {@code =}; a later one replaces
 * an earlier one.
 */
final class Annotations {

  private Annotations() {}

  static Map<String, String> parse(List<String> values) throws ConfigurationException {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals < 0) {
        throw new ConfigurationException("unable to parse annotation: " + Quoted.plain(value));
      }
      annotations.put(value.substring(0, equals), value.substring(equals + 1));
    }
    return annotations;
  }
}
