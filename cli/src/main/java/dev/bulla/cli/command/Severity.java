package dev.bulla.cli.command;

import dev.bulla.error.BullaException;

/**
 * Which of several failures decides the exit code: could not look, malformed, refused, no
 * certificate, unsigned, absent, then the rest.
 */
final class Severity {

  private Severity() {}

  /** The larger, the worse. */
  static int of(BullaException failure) {
    return switch (failure.code()) {
      case REGISTRY, UNDECIDED -> 7;
      case MALFORMED_INPUT, MALFORMED_EVIDENCE -> 6;
      case NO_MATCHING_SIGNATURE -> 5;
      case NO_CERTIFICATE -> 4;
      case NO_SIGNATURE -> 3;
      case NOT_FOUND -> 2;
      case CONFIGURATION, KEY -> 1;
    };
  }
}
