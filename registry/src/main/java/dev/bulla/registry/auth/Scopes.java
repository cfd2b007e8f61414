package dev.bulla.registry.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one bearer token is for: at most one scope per resource.
 *
 * @param list in the order in which they are asked for
 */
public record Scopes(List<Scope> list) {

  /** A registry that asks for more has something else in mind than one request. */
  private static final int MAX = 16;

  public static final Scopes NONE = new Scopes(List.of());

  public Scopes {
    list = List.copyOf(list);
  }

  public static Scopes of(Scope scope) {
    return new Scopes(List.of(scope));
  }

  /**
   * What a challenge asks for: scopes separated by blanks. Texts that are no scope are left out.
   */
  public static Scopes parse(String text) {
    Scopes found = NONE;
    int start = 0;
    while (start < text.length()) {
      int blank = text.indexOf(' ', start);
      int end = blank < 0 ? text.length() : blank;
      Optional<Scope> scope = Scope.parse(text.substring(start, end));
      if (scope.isPresent()) {
        found = found.union(of(scope.get()));
      }
      start = end + 1;
    }
    return found;
  }

  /** What the first scope is about; empty when there is none. */
  public String resource() {
    return list.isEmpty() ? "" : list.get(0).resource();
  }

  /** These and those, with the actions on one resource together. */
  public Scopes union(Scopes others) {
    List<Scope> all = new ArrayList<>(list);
    for (Scope other : others.list) {
      int same = -1;
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).resource().equals(other.resource())) {
          same = i;
        }
      }
      if (same >= 0) {
        all.set(same, all.get(same).union(other));
      } else if (all.size() < MAX) {
        all.add(other);
      }
    }
    return new Scopes(all);
  }

  /** Whether a token for these may be used for those. */
  public boolean covers(Scopes others) {
    for (Scope other : others.list) {
      boolean covered = false;
      for (Scope scope : list) {
        covered |= scope.covers(other);
      }
      if (!covered) {
        return false;
      }
    }
    return true;
  }

  /** Scopes separated by blanks, as in an OAuth2 form. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Scope scope : list) {
      if (!out.isEmpty()) {
        out.append(' ');
      }
      out.append(scope);
    }
    return out.toString();
  }
}
