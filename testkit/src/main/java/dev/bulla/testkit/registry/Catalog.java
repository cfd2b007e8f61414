package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.testkit.registry.ContentStore.ContentTooLarge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which repository holds what. Read without locks; changed under one lock, so that a condition and
 * the change that depends on it are one step.
 */
final class Catalog {

  /** What is known of a stored manifest without reading it. */
  record Entry(String mediaType, long size, @Nullable Digest subject) {}

  /** A manifest on its way in. */
  record Push(String repository, Digest digest, Entry entry, Bytes body, List<String> tags) {}

  /** Asked under the lock, just before a push takes effect. */
  @FunctionalInterface
  interface Condition {
    void check(RepositoryState state) throws ApiException;
  }

  private final Map<String, RepositoryState> repositories = new ConcurrentSkipListMap<>();
  private final Map<String, DelayedView> delayed = new ConcurrentHashMap<>();
  private final ReentrantLock changing = new ReentrantLock();
  private final ContentStore contents;
  private final Journal journal;
  private volatile int visibilityDelay;
  private final AtomicLong generation = new AtomicLong();

  Catalog(ContentStore contents, Journal journal) throws IOException {
    this.contents = contents;
    this.journal = journal;
    journal.load(this::state);
  }

  /** The repository, made when missing. */
  private RepositoryState state(String name) {
    return repositories.computeIfAbsent(name, RepositoryState::new);
  }

  ContentStore contents() {
    return contents;
  }

  List<String> names() {
    return List.copyOf(repositories.keySet());
  }

  /** What is really there. */
  Optional<RepositoryState> repository(String name) {
    return Optional.ofNullable(repositories.get(name));
  }

  /** What the next reader sees, which may lag behind; counts as one read. */
  Optional<RepositoryView> visible(String name) {
    DelayedView old = delayed.get(name);
    if (old != null) {
      if (old.takeRead()) {
        return old.exists() ? Optional.of(old) : Optional.empty();
      }
      delayed.remove(name, old);
    }
    return Optional.ofNullable(repositories.get(name));
  }

  /** From now on a change is seen only after so many reads of its repository. */
  void delayVisibility(int reads) {
    visibilityDelay = reads;
    if (reads == 0) {
      delayed.clear();
    }
  }

  private void hold(String name) {
    int reads = visibilityDelay;
    if (reads > 0) {
      delayed.compute(
          name,
          (n, present) ->
              present == null || present.isOver()
                  ? new DelayedView(repositories.get(n), reads)
                  : present.withReads(reads));
    }
  }

  void push(Push push, Condition condition) throws IOException, ApiException, ContentTooLarge {
    changing.lock();
    try {
      hold(push.repository());
      RepositoryState state = state(push.repository());
      condition.check(state);
      if (contents.size(push.digest()).isEmpty()) {
        contents.put(push.digest(), push.body());
      }
      journal.manifestKept(state.name(), push.digest(), push.entry());
      state.keepManifest(push.digest(), push.entry());
      for (String tag : push.tags()) {
        journal.tagSet(state.name(), tag, push.digest());
        state.setTag(tag, push.digest());
      }
    } finally {
      changing.unlock();
    }
  }

  void setTag(String repository, String tag, Digest digest) throws IOException {
    changing.lock();
    try {
      hold(repository);
      journal.tagSet(repository, tag, digest);
      state(repository).setTag(tag, digest);
    } finally {
      changing.unlock();
    }
  }

  /** Makes a finished upload a blob of the repository. */
  void commit(String repository, ContentStore.Upload upload, Digest digest) throws IOException {
    changing.lock();
    try {
      if (contents.size(digest).isPresent()) {
        upload.discard();
      } else {
        upload.commit(digest);
      }
      link(repository, digest);
    } finally {
      changing.unlock();
    }
  }

  /** Keeps content as a blob of the repository, whatever the digest says. */
  void putBlob(String repository, Digest digest, Bytes content)
      throws IOException, ContentTooLarge {
    changing.lock();
    try {
      contents.put(digest, content);
      link(repository, digest);
    } finally {
      changing.unlock();
    }
  }

  /**
   * Makes a blob of one repository one of another.
   *
   * @return whether the first has it
   */
  boolean mount(String from, String to, Digest digest) throws IOException {
    changing.lock();
    try {
      RepositoryState source = repositories.get(from);
      if (source == null || !source.hasBlob(digest)) {
        return false;
      }
      link(to, digest);
      return true;
    } finally {
      changing.unlock();
    }
  }

  private void link(String repository, Digest digest) throws IOException {
    journal.blobKept(repository, digest);
    state(repository).keepBlob(digest);
  }

  /** Changes whenever content was replaced behind its digest. */
  long generation() {
    return generation.get();
  }

  /** Replaces the content behind a digest, in every repository. */
  void overwrite(Digest digest, Bytes content) throws IOException, ContentTooLarge {
    changing.lock();
    try {
      contents.put(digest, content);
      generation.incrementAndGet();
    } finally {
      changing.unlock();
    }
  }

  /** Deletes a tag and returns whether it was there. */
  boolean deleteTag(String repository, String tag) throws IOException {
    changing.lock();
    try {
      RepositoryState state = repositories.get(repository);
      if (state == null || state.tag(tag).isEmpty()) {
        return false;
      }
      hold(repository);
      journal.tagRemoved(repository, tag);
      state.removeTag(tag);
      return true;
    } finally {
      changing.unlock();
    }
  }

  /**
   * Deletes a manifest and the tags that point to it.
   *
   * @return whether there was such a manifest
   */
  boolean deleteManifest(String repository, Digest digest) throws IOException {
    changing.lock();
    try {
      RepositoryState state = repositories.get(repository);
      if (state == null || state.manifest(digest).isEmpty()) {
        return false;
      }
      hold(repository);
      for (String tag : new ArrayList<>(state.tags())) {
        if (state.tag(tag).filter(digest::equals).isPresent()) {
          journal.tagRemoved(repository, tag);
          state.removeTag(tag);
        }
      }
      journal.manifestRemoved(repository, digest);
      state.removeManifest(digest);
      release(digest);
      return true;
    } finally {
      changing.unlock();
    }
  }

  /** Deletes a blob and returns whether it was there. */
  boolean deleteBlob(String repository, Digest digest) throws IOException {
    changing.lock();
    try {
      RepositoryState state = repositories.get(repository);
      if (state == null || !state.hasBlob(digest)) {
        return false;
      }
      journal.blobRemoved(repository, digest);
      state.removeBlob(digest);
      release(digest);
      return true;
    } finally {
      changing.unlock();
    }
  }

  private void release(Digest digest) throws IOException {
    boolean used =
        visibilityDelay > 0
            || repositories.values().stream()
                .anyMatch(r -> r.hasBlob(digest) || r.manifest(digest).isPresent());
    if (!used) {
      contents.delete(digest);
    }
  }
}
