package dev.bulla.cli.terminal;

import java.util.Map;
import java.util.Optional;

/**
 * The environment's variables. Each {@code COSIGN_X} may also be spelled {@code BULLA_X}, which
 * wins.
 */
public final class Environment {

  private static final String COSIGN = "COSIGN_";
  private static final String BULLA = "BULLA_";

  private final Map<String, String> variables;

  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The variable's value, possibly empty; nothing when it does not exist. */
  public Optional<String> find(String name) {
    if (name.startsWith(COSIGN)) {
      String own = variables.get(BULLA + name.substring(COSIGN.length()));
      if (own != null) {
        return Optional.of(own);
      }
    }
    return Optional.ofNullable(variables.get(name));
  }

  /** The variable's value; nothing when it does not exist or is empty. */
  public Optional<String> value(String name) {
    return find(name).filter(value -> !value.isEmpty());
  }

  /** Whether the variable says yes, in one of the spellings {@code 1}, {@code t}, {@code true}. */
  public boolean isTrue(String name) {
    return switch (find(name).orElse("")) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      default -> false;
    };
  }

  /** All variables, under the names they have. */
  public Map<String, String> asMap() {
    return variables;
  }

  /** Says only how many variables there are: their values may be secrets. */
  @Override
  public String toString() {
    return "Environment[" + variables.size() + " variables]";
  }
}
