package dev.bulla.store;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.oci.Descriptor;
import dev.bulla.registry.FetchedManifest;
import dev.bulla.registry.PutCondition;
import java.util.List;
import java.util.Optional;

/**
 * What is behind a shared tag at one time.
 *
 * @param object without entries when nothing is there
 */
record TagState(SharedObject object, Optional<FetchedManifest> fetched) {

  Optional<Digest> version() {
    return fetched.map(manifest -> manifest.descriptor().digest());
  }

  /** Whether these bytes are behind the tag. */
  boolean isManifest(Bytes body) {
    return fetched.isPresent() && fetched.get().body().equals(body);
  }

  PutCondition unchanged() {
    return fetched.isPresent() ? PutCondition.still(fetched.get()) : PutCondition.absent();
  }

  /** Whether nothing is left to change. */
  boolean holds(SharedChange change) {
    for (Descriptor entry : change.entries()) {
      if (!holds(change, entry)) {
        return false;
      }
    }
    for (Descriptor entry : object.entries()) {
      if (change.removes(entry)) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(SharedChange change, Descriptor wanted) {
    List<Descriptor> entries = object.entries();
    // cheap comparisons first: the other may be a cryptographic one
    if (entries.contains(wanted)) {
      return true;
    }
    for (Descriptor entry : entries) {
      if (change.isSame(wanted, entry)) {
        return true;
      }
    }
    return false;
  }
}
