package dev.bulla.admission.server;

import java.util.List;

/** What a replica says of itself to whoever sends it requests. */
@FunctionalInterface
public interface Readiness {

  /**
   * Whether reviews can be answered: configuration, keys and trust are there. Never whether
   * registries or caches answer. Not asked any more once it said yes.
   */
  boolean isReady();

  /** What is missing beside that, though reviews can be answered without it; a line for each. */
  default List<String> missing() {
    return List.of();
  }
}
