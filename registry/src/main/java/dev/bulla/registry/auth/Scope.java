package dev.bulla.registry.auth;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Access to one resource, as token services understand it: {@code repository:acme/app:pull,push}.
 * Source: the Docker registry token scope specification.
 *
 * @param resource type and name: {@code repository:acme/app}
 * @param actions in the order in which they are asked for
 */
public record Scope(String resource, Set<String> actions) {

  private static final int MAX_LENGTH = 1024;
  private static final String REPOSITORY = "repository:";

  public Scope {
    actions = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(actions));
  }

  public static Scope pull(String repositoryPath) {
    return new Scope(REPOSITORY + repositoryPath, ordered("pull"));
  }

  public static Scope push(String repositoryPath) {
    return new Scope(REPOSITORY + repositoryPath, ordered("pull", "push"));
  }

  public static Scope delete(String repositoryPath) {
    return new Scope(REPOSITORY + repositoryPath, ordered("pull", "push", "delete"));
  }

  private static Set<String> ordered(String... actions) {
    Set<String> set = new LinkedHashSet<>();
    for (String action : actions) {
      set.add(action);
    }
    return set;
  }

  /**
   * The scope that a text spells; empty when it is not one. A name may contain colons, so the first
   * and the last one count.
   */
  public static Optional<Scope> parse(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    if (first <= 0 || last <= first + 1 || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Set<String> actions = new LinkedHashSet<>();
    int start = last + 1;
    while (start <= text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      if (end > start) {
        actions.add(text.substring(start, end));
      }
      start = end + 1;
    }
    return Optional.of(new Scope(text.substring(0, last), actions));
  }

  /** The repository that it is about; empty when it is about something else. */
  public Optional<String> repositoryPath() {
    return resource.startsWith(REPOSITORY)
        ? Optional.of(resource.substring(REPOSITORY.length()))
        : Optional.empty();
  }

  /** Whether whoever has this may do all of that. */
  boolean covers(Scope other) {
    return resource.equals(other.resource) && actions.containsAll(other.actions);
  }

  Scope union(Scope other) {
    Set<String> all = new LinkedHashSet<>(actions);
    all.addAll(other.actions);
    return new Scope(resource, all);
  }

  @Override
  public String toString() {
    return resource + ":" + String.join(",", actions);
  }
}
