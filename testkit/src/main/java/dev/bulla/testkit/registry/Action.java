package dev.bulla.testkit.registry;

import java.util.Locale;
import java.util.Optional;

/** What may be allowed on a repository. The names of the Docker token protocol. */
public enum Action {
  PULL,
  PUSH,
  DELETE;

  /** As it stands in a scope: {@code pull}. */
  String scopeName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Action> named(String text) {
    return switch (text) {
      case "pull" -> Optional.of(PULL);
      case "push" -> Optional.of(PUSH);
      case "delete" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
