package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.oci.Descriptor;
import java.util.List;

/** What one writer wants to become of the object behind a shared tag. */
interface SharedChange {

  /** What it adds. */
  List<Descriptor> entries();

  /**
   * Uploads what an entry points to, and publishes the entry.
   *
   * @param journalTag where nobody else publishes
   * @return whether it is published; not where the registry takes no such tag
   */
  boolean publish(Descriptor entry, String journalTag) throws BullaException;

  /** Whether another entry makes one that is added needless: the same, by the same signer. */
  boolean isSame(Descriptor entry, Descriptor other);

  /** What the entries are added to where nothing is behind the tag; it may hold them already. */
  default SharedObject start(SharedKind kind) throws BullaException {
    return kind.none();
  }

  /** Whether it takes an entry away, whoever added it. */
  default boolean removes(Descriptor other) {
    return false;
  }
}
