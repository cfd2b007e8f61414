package dev.bulla.registry;

/**
 * How often requests to one host may be repeated of our own accord, by all calls together: each
 * answer that is none of overload or failure allows one more. So a host that does not answer at all
 * is asked less and less, and one that fails now and then as often as it takes.
 */
final class RetryAllowance {

  static final int MAX = 200;

  private int left = MAX;

  /** Uses one up; false when there is none. */
  synchronized boolean take() {
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }

  synchronized void earn() {
    if (left < MAX) {
      left++;
    }
  }
}
