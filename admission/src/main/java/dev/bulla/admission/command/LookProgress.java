package dev.bulla.admission.command;

import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.terminal.Progress;
import org.jspecify.annotations.Nullable;

/** Tells a person at a terminal how many images were looked at; silent elsewhere. */
final class LookProgress implements ImagesOnce.Watcher, AutoCloseable {

  private final CommandContext context;
  private @Nullable Progress line;

  LookProgress(CommandContext context) {
    this.context = context;
  }

  @Override
  public void looked(int done, int total) {
    if (total < 2 || !context.io().terminal().stderrIsTerminal()) {
      return;
    }
    String text = "Looking at images " + done + "/" + total;
    if (line == null) {
      line = context.progress(text);
    } else {
      line.update(text);
    }
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
    }
  }
}
