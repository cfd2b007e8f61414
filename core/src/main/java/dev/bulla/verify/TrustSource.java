package dev.bulla.verify;

import dev.bulla.error.BullaException;
import dev.bulla.trust.TrustedRoot;

/**
 * Where a trusted root comes from that has to be fetched or renewed first. It is asked only once
 * there is evidence to check with it.
 */
@FunctionalInterface
public interface TrustSource {

  /**
   * The root; the same at every call, also by several threads.
   *
   * @throws BullaException when it cannot be had; what depends on it is then undecided
   */
  TrustedRoot root() throws BullaException;

  /**
   * A root that is at hand.
   *
   * @param root the one
   */
  record Known(TrustedRoot root) implements TrustSource {}
}
