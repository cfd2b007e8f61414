package dev.bulla;

import dev.bulla.bundle.Bundle;
import dev.bulla.oci.Reference;
import dev.bulla.oci.Repository;

/**
 * What a use case tells while it works. Every method does nothing unless overridden; none may
 * throw.
 */
public interface Progress {

  /** Tells nobody. */
  Progress SILENT = new Progress() {};

  /** A signature is about to be made. */
  default void signing() {}

  /** A log has recorded the signature, which nothing can undo. */
  default void recorded(Bundle.LogEntry entry) {}

  /** A signature is about to be stored with an image of that repository. */
  default void pushing(Repository image) {}

  /** A manifest is about to be brought from one place to another, with what it needs. */
  default void copying(Reference from, Reference to) {}

  /** There is so much more content to bring than was known before. */
  default void planned(long bytes) {}

  /** So much of it has arrived, or was there. */
  default void moved(long bytes) {}
}
