package dev.bulla.testkit.registry;

import dev.bulla.digest.Digest;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** One repository as it is. Many may read while one changes it. */
final class RepositoryState implements RepositoryView {

  private final String name;
  private final NavigableMap<String, Digest> tags = new ConcurrentSkipListMap<>();
  private final Map<Digest, Catalog.Entry> manifests = new ConcurrentHashMap<>();
  private final Map<Digest, NavigableSet<Digest>> referrers = new ConcurrentHashMap<>();
  private final Set<Digest> blobs = ConcurrentHashMap.newKeySet();

  RepositoryState(String name) {
    this.name = name;
  }

  /** A copy of everything that is delayed when visibility is. */
  RepositoryState copyOfManifests() {
    RepositoryState copy = new RepositoryState(name);
    copy.tags.putAll(tags);
    copy.manifests.putAll(manifests);
    referrers.forEach((s, r) -> copy.referrers.put(s, new ConcurrentSkipListSet<>(r)));
    return copy;
  }

  String name() {
    return name;
  }

  @Override
  public Optional<Digest> tag(String tag) {
    return Optional.ofNullable(tags.get(tag));
  }

  @Override
  public List<String> tags() {
    return List.copyOf(tags.keySet());
  }

  @Override
  public Optional<Catalog.Entry> manifest(Digest digest) {
    return Optional.ofNullable(manifests.get(digest));
  }

  @Override
  public List<Digest> referrers(Digest subject) {
    NavigableSet<Digest> found = referrers.get(subject);
    return found == null ? List.of() : List.copyOf(found);
  }

  List<Digest> manifests() {
    return manifests.keySet().stream().sorted().toList();
  }

  List<Digest> blobs() {
    return blobs.stream().sorted().toList();
  }

  boolean hasBlob(Digest digest) {
    return blobs.contains(digest);
  }

  void keepManifest(Digest digest, Catalog.Entry entry) {
    manifests.put(digest, entry);
    Digest subject = entry.subject();
    if (subject != null) {
      referrers.computeIfAbsent(subject, s -> new ConcurrentSkipListSet<>()).add(digest);
    }
  }

  void removeManifest(Digest digest) {
    Catalog.Entry entry = manifests.remove(digest);
    Digest subject = entry == null ? null : entry.subject();
    if (subject != null) {
      NavigableSet<Digest> others = referrers.get(subject);
      if (others != null) {
        others.remove(digest);
      }
    }
  }

  void setTag(String tag, Digest digest) {
    tags.put(tag, digest);
  }

  void removeTag(String tag) {
    tags.remove(tag);
  }

  void keepBlob(Digest digest) {
    blobs.add(digest);
  }

  void removeBlob(Digest digest) {
    blobs.remove(digest);
  }
}
