package dev.bulla.cli.command;

import dev.bulla.error.BullaException;

/** Which of several failures decides the exit code. */
final class Severity {

  private Severity() {}

  /** The larger, the worse. */
  static int of(BullaException failure) {
    return failure.code().severity();
  }
}
