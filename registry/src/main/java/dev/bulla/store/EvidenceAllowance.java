package dev.bulla.store;

import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.Limits;

/**
 * How much evidence of one image may be held in memory at once. Signature objects count by their
 * layers too: several may be attached as referrers. Thread-safe.
 */
final class EvidenceAllowance {

  private static final int MAX_LAYERS = 10 * Limits.MAX_SIGNATURE_LAYERS;

  private long bytes;
  private int layers;

  /** Takes some, if that much is left. */
  synchronized boolean take(long number) {
    if (number < 0 || bytes + number > Limits.MAX_EVIDENCE) {
      return false;
    }
    bytes += number;
    return true;
  }

  /** Takes what a signature object needs, if that much is left. */
  synchronized boolean takeObject(long number, int itsLayers) {
    if (layers + itsLayers > MAX_LAYERS || !take(number)) {
      return false;
    }
    layers += itsLayers;
    return true;
  }

  /** What to say about what was left out. */
  static MalformedInputException exceeded(String what) {
    return new MalformedInputException(
        what, "more than " + Limits.MAX_EVIDENCE + " bytes of evidence for one image");
  }
}
