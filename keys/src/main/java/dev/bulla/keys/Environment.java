package dev.bulla.keys;

import java.util.Map;
import java.util.Optional;

/**
 * The environment variables that key references and passwords may come from, as the caller chooses
 * to show them.
 */
@FunctionalInterface
public interface Environment {

  /** The value of a variable; present and empty is not the same as absent. */
  Optional<String> get(String name);

  /** These variables and no others. */
  static Environment of(Map<String, String> variables) {
    Map<String, String> copy = Map.copyOf(variables);
    return name -> Optional.ofNullable(copy.get(name));
  }

  /** No variables. */
  static Environment empty() {
    return name -> Optional.empty();
  }
}
