package dev.bulla.cli.command;

import dev.bulla.error.BullaException;

/** What the process says to the one that started it. */
public final class ExitCode {

  public static final int OK = 0;
  public static final int FAILED = 1;
  private static final int NO_SIGNATURE = 10;
  private static final int NOT_FOUND = 11;
  private static final int NO_MATCHING_SIGNATURE = 12;
  private static final int NO_CERTIFICATE = 13;
  private static final int UNDECIDED = 20;
  private static final int MALFORMED = 21;

  private ExitCode() {}

  public static int of(BullaException failure) {
    return switch (failure.code()) {
      case NO_SIGNATURE -> NO_SIGNATURE;
      case NOT_FOUND -> NOT_FOUND;
      case NO_MATCHING_SIGNATURE -> NO_MATCHING_SIGNATURE;
      case NO_CERTIFICATE -> NO_CERTIFICATE;
      case REGISTRY, UNDECIDED -> UNDECIDED;
      case MALFORMED_INPUT, MALFORMED_EVIDENCE -> MALFORMED;
      case CONFIGURATION, KEY, SERVICE -> FAILED;
    };
  }
}
