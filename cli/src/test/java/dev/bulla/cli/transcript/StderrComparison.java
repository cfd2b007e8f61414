package dev.bulla.cli.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares what two programs said to a person: every line of the other one has to occur, in order;
 * lines of our own may stand between them if they are marked as such.
 */
final class StderrComparison {

  private final Placeholders placeholders;

  StderrComparison(Placeholders placeholders) {
    this.placeholders = placeholders;
  }

  /** What is wrong, in words; nothing when the two agree. */
  Optional<String> difference(List<String> expected, List<String> actual) {
    int next = 0;
    boolean belowOwn = false;
    for (String line : withoutEmptyEnd(actual)) {
      boolean legalText = next < expected.size() && expected.get(next).equals("$PRIVACY_STATEMENT");
      if (legalText && !matches(expected, next + 1, line)) {
        continue;
      }
      next += legalText ? 1 : 0;
      boolean own = line.startsWith("note: ") || line.startsWith("hint: ");
      if (matches(expected, next, line)) {
        next++;
        belowOwn = false;
      } else if (own || (belowOwn && line.startsWith("  "))) {
        belowOwn = true;
      } else {
        return Optional.of(
            "line \""
                + line
                + "\" where "
                + (next < expected.size() ? "\"" + expected.get(next) + "\"" : "the end")
                + " was expected");
      }
    }
    return next == expected.size()
        ? Optional.empty()
        : Optional.of("line \"" + expected.get(next) + "\" is missing");
  }

  private boolean matches(List<String> expected, int index, String line) {
    return index < expected.size() && placeholders.match(expected.get(index), line);
  }

  private static List<String> withoutEmptyEnd(List<String> lines) {
    List<String> kept = new ArrayList<>(lines);
    while (!kept.isEmpty() && kept.get(kept.size() - 1).isEmpty()) {
      kept.remove(kept.size() - 1);
    }
    return kept;
  }
}
