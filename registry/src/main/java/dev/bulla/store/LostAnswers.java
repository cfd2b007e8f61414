package dev.bulla.store;

import dev.bulla.error.RegistryException;

/**
 * Writes whose answer did not arrive. They may have happened, so the writer looks instead of
 * failing; after a few of them it gives up.
 */
final class LostAnswers {

  private static final int PATIENCE = 3;

  private int lost;

  /**
   * Passes over a failure that leaves open whether the write happened.
   *
   * @throws RegistryException the failure, when it does not, or there were too many
   */
  void accept(RegistryException failure) throws RegistryException {
    switch (failure.kind()) {
      case TIMEOUT, UNREACHABLE, BAD_RESPONSE -> {
        if (++lost > PATIENCE) {
          throw failure;
        }
      }
      default -> throw failure;
    }
  }
}
