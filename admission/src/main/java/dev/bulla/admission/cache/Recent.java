package dev.bulla.admission.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A bounded map; what was not asked for the longest goes first. How old something may be is the
 * caller's to say.
 */
final class Recent<V> {

  private final Map<String, V> entries;

  Recent(int most) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
          }
        };
  }

  synchronized Optional<V> find(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(String key, V value) {
    entries.put(key, value);
  }

  synchronized void remove(String key) {
    entries.remove(key);
  }

  synchronized int size() {
    return entries.size();
  }
}
