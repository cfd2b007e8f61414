package dev.bulla.testkit.kms;

import java.util.Optional;

/** The fault of the next requests, and how many requests there were. */
final class FaultSwitch {

  private int requests;
  private int left;
  private Optional<KmsFault> fault = Optional.empty();

  synchronized void set(KmsFault next, int count) {
    fault = Optional.of(next);
    left = count;
  }

  /** Counts a request and says what to do wrong with it. */
  synchronized Optional<KmsFault> next() {
    requests++;
    if (left == 0) {
      return Optional.empty();
    }
    left--;
    return fault;
  }

  /** The fault that the next request will meet, without counting one. */
  synchronized Optional<KmsFault> current() {
    return left == 0 ? Optional.empty() : fault;
  }

  synchronized int requests() {
    return requests;
  }
}
