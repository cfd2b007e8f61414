package dev.bulla.cli.command;

import dev.bulla.cli.terminal.Progress;
import org.jspecify.annotations.Nullable;

/**
 * Tells a person at a terminal how far work on many images is; silent elsewhere, where lines would
 * only be in the way.
 */
final class ManyProgress implements AutoCloseable {

  private final @Nullable Progress line;
  private final String doing;
  private final int total;
  private int done;
  private int failed;

  private ManyProgress(@Nullable Progress line, String doing, int total) {
    this.line = line;
    this.doing = doing;
    this.total = total;
  }

  static ManyProgress of(String doing, int total, CommandContext context) {
    boolean watched = total > 1 && context.io().terminal().stderrIsTerminal();
    return new ManyProgress(watched ? context.progress(doing + " 0/" + total) : null, doing, total);
  }

  /** Counts an image, and lets its report stand above the line. */
  void done(ManyImages.Outcome<?> outcome, Runnable report) {
    done++;
    if (line == null) {
      report.run();
      return;
    }
    if (outcome.failure().isPresent()) {
      failed++;
    }
    line.above(report);
    line.update(doing + " " + done + "/" + total + (failed == 0 ? "" : ", " + failed + " failed"));
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
    }
  }
}
