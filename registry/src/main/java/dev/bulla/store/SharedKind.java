package dev.bulla.store;

import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Descriptor;
import dev.bulla.registry.FetchedManifest;
import java.util.Optional;

/** How the objects behind one kind of tag are read. */
interface SharedKind {

  /** An object without entries. */
  SharedObject none();

  /**
   * What is behind the tag.
   *
   * @throws MalformedInputException when it is something else, which is never written over
   */
  SharedObject read(FetchedManifest fetched) throws BullaException;

  /** What {@link #read} depends on beside the bytes. */
  default String variant() {
    return "";
  }

  /** What makes two entries the same one; to be compared with {@code equals}. */
  Object identity(Descriptor entry);

  /** Names an entry in tags: 16 hex digits. */
  String key(Descriptor entry);

  /** The entry that a journal publishes; empty when it is none. */
  Optional<Journal> journal(FetchedManifest fetched) throws MalformedInputException;

  /**
   * One published entry.
   *
   * @param created when, in RFC 3339, as its writer claims
   * @param isPromise whether the manifest that the entry names has to be there besides
   */
  record Journal(Descriptor entry, String created, boolean isPromise) {}
}
