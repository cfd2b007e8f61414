package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.oci.Descriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one writer knows of a shared tag: every entry that it ever saw there or in a journal, and
 * its own. It writes all of them, so that nothing it saw is lost by its doing.
 */
final class KnownEntries {

  private final SharedKind kind;
  private final SharedChange change;
  private final Map<Object, Descriptor> seen = new LinkedHashMap<>();

  /** The names in journals of what was seen. */
  private final Map<Object, String> keys = new HashMap<>();

  /** Journals that need no more attention: too old, unreadable, or of what is added or removed. */
  private final Set<String> passedOver = new HashSet<>();

  KnownEntries(SharedKind kind, SharedChange change) {
    this.kind = kind;
    this.change = change;
  }

  void add(Descriptor entry) {
    if (!change.removes(entry)) {
      seen.putIfAbsent(kind.identity(entry), entry);
    }
  }

  void addAll(List<Descriptor> entries) {
    for (Descriptor entry : entries) {
      add(entry);
    }
  }

  void passOver(String key) {
    passedOver.add(key);
  }

  /** What is behind the tag, with everything that is missing from it; the same when nothing is. */
  SharedObject merged(TagState base) throws BullaException {
    SharedObject object = base.fetched().isPresent() ? base.object() : change.start(kind);
    List<Descriptor> kept = new ArrayList<>();
    Map<Object, Descriptor> missing = new LinkedHashMap<>(seen);
    for (Descriptor entry : object.entries()) {
      if (!change.removes(entry)) {
        kept.add(entry);
        missing.remove(kind.identity(entry));
      }
    }
    if (kept.size() < object.entries().size()) {
      object = object.only(kept);
    }
    return missing.isEmpty() ? object : object.plus(List.copyOf(missing.values()));
  }

  /** The keys among those listed whose entries are not in the object, as far as they matter. */
  Set<String> missing(Set<String> listed, SharedObject object) {
    Set<String> missing = new HashSet<>(listed);
    missing.removeAll(passedOver);
    for (Descriptor entry : object.entries()) {
      missing.remove(keys.computeIfAbsent(kind.identity(entry), same -> kind.key(entry)));
    }
    return missing;
  }
}
