package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.sigstore.tuf.RootFacts;
import dev.bulla.sigstore.tuf.TufException;

/**
 * {@link RootFacts#read}, which reads metadata, keys and roles and checks the signatures: nothing
 * is a root that fewer than its threshold of keys signed.
 */
final class TufTarget {

  private TufTarget() {}

  static boolean accepts(byte[] input) {
    RootFacts root;
    try {
      root = RootFacts.read(Bytes.of(input));
    } catch (TufException e) {
      Check.message(String.valueOf(e.getMessage()));
      return false;
    }
    Check.that(root.version() >= 1, "versions begin with 1");
    Check.that(root.threshold() >= 1, "somebody has to sign");
    Check.that(root.threshold() <= root.keys(), "those who signed are named");
    return true;
  }
}
