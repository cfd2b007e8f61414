package dev.bulla;

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

  /** A signature is about to be stored with an image of that repository. */
  default void pushing(Repository image) {}
}
