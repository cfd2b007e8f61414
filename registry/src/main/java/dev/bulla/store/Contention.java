package dev.bulla.store;

import dev.bulla.oci.Repository;
import dev.bulla.registry.FetchedManifest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The shared tags on which this process last met other writers. There the next addition looks at
 * their journals before it writes, not only afterwards; and an object that grows large by many
 * writers is read once. Nothing but speed depends on it.
 */
final class Contention {

  /** Of that many tags, those of the last additions. */
  private static final int MAX = 16;

  /** What is read of a manifest depends on the variant of its kind, too. */
  private record Read(TagState state, String variant) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Optional<Read>> contended = new LinkedHashMap<>();

  boolean isLikely(Repository repository, String tag) {
    lock.lock();
    try {
      return contended.containsKey(name(repository, tag));
    } finally {
      lock.unlock();
    }
  }

  void note(Repository repository, String tag, boolean met) {
    lock.lock();
    try {
      if (!met) {
        contended.remove(name(repository, tag));
        return;
      }
      contended.putIfAbsent(name(repository, tag), Optional.empty());
      if (contended.size() > MAX) {
        contended.remove(contended.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Keeps what was read from a tag that is contended. */
  void keep(Repository repository, String tag, String variant, TagState state) {
    lock.lock();
    try {
      contended.computeIfPresent(
          name(repository, tag), (same, before) -> Optional.of(new Read(state, variant)));
    } finally {
      lock.unlock();
    }
  }

  /** The object that was read from the same bytes before. */
  Optional<SharedObject> find(
      Repository repository, String tag, String variant, FetchedManifest fetched) {
    lock.lock();
    try {
      Optional<Read> read = contended.getOrDefault(name(repository, tag), Optional.empty());
      return read.isPresent()
              && read.get().variant().equals(variant)
              && read.get().state().isManifest(fetched.body())
          ? Optional.of(read.get().state().object())
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private static String name(Repository repository, String tag) {
    return repository.tag(tag).toString();
  }
}
