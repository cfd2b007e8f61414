package dev.bulla.cli.command;

import dev.bulla.Progress;
import dev.bulla.cli.terminal.TransferBar;
import dev.bulla.oci.Reference;

/**
 * Tells a person what is being moved.
 *
 * @param lines whether each object gets a line of its own
 */
record Transfers(TransferBar bar, LocalImages local, boolean lines) implements Progress {

  @Override
  public void copying(Reference from, Reference to) {
    if (lines) {
      bar.line("Copying " + local.readable(from.toString()) + " to " + to + "...");
    }
  }

  @Override
  public void planned(long bytes) {
    bar.planned(bytes);
  }

  @Override
  public void moved(long bytes) {
    bar.moved(bytes);
  }
}
