package dev.bulla.store;

import dev.bulla.oci.Repository;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shared tags on which this process last met other writers. There the next addition looks at
 * their journals before it writes, not only afterwards. Nothing but speed depends on it.
 */
final class Contention {

  private static final int MAX = 1000;

  private final Set<String> contended = ConcurrentHashMap.newKeySet();

  boolean isLikely(Repository repository, String tag) {
    return contended.contains(repository.tag(tag).toString());
  }

  void note(Repository repository, String tag, boolean met) {
    String name = repository.tag(tag).toString();
    if (!met) {
      contended.remove(name);
    } else if (contended.size() < MAX) {
      contended.add(name);
    }
  }
}
