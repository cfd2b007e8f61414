package dev.bulla.registry.auth;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of the process environment that finding credentials depends on, read once by the
 * caller.
 *
 * @param variables the environment variables
 * @param home the user's home folder
 */
public record RegistryEnvironment(Map<String, String> variables, Path home) {

  public RegistryEnvironment {
    variables = Map.copyOf(variables);
  }

  /** The value of a variable; an empty one counts as absent. */
  Optional<String> variable(String name) {
    String value = variables.get(name);
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** Shows no values: some are secret. */
  @Override
  public String toString() {
    return "RegistryEnvironment[" + variables.size() + " variables]";
  }
}
