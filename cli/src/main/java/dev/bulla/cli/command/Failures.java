package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All images are looked at; what is reported at the end is the worst that happened. */
final class Failures {

  private final List<String> lines = new ArrayList<>();
  private @Nullable BullaException worst;
  private int count;

  void add(String image, BullaException failure) {
    count++;
    lines.add(Quoted.plain(image) + ": " + failure.message());
    if (worst == null || Severity.of(failure) > Severity.of(worst)) {
      worst = failure;
    }
  }

  int count() {
    return count;
  }

  /**
   * Ends the command if anything failed.
   *
   * @param each whether each one that failed is named before the one that decides
   */
  void throwWorst(CommandContext context, boolean each) throws BullaException {
    if (each) {
      lines.forEach(context::note);
    }
    if (worst != null) {
      throw worst;
    }
  }
}
