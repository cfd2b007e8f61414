package dev.bulla.cli.command;

import dev.bulla.cli.terminal.Io;
import java.util.List;

/** Runs a whole command line, as if it had been typed. */
@FunctionalInterface
public interface LineRunner {

  /**
   * Runs one line to its end.
   *
   * @param arguments the words behind the program's name
   * @return the exit code
   */
  int run(List<String> arguments, Io io);
}
