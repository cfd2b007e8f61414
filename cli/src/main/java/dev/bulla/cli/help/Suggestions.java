package dev.bulla.cli.help;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names that a misspelt one may have meant: at most two letters off, or longer. */
public final class Suggestions {

  private static final int MAX_DISTANCE = 2;

  private Suggestions() {}

  /** A block to put behind a message, line ends included; empty when nothing comes close. */
  public static String block(String typed, List<String> names) {
    StringBuilder out = new StringBuilder();
    for (String name : near(typed, names)) {
      out.append(out.isEmpty() ? "\n\nDid you mean this?\n" : "")
          .append('\t')
          .append(name)
          .append('\n');
    }
    return out.toString();
  }

  /** Those that come close, in their order; whether letters are large does not count. */
  public static List<String> near(String typed, List<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    List<String> near = new ArrayList<>();
    for (String name : names) {
      String candidate = name.toLowerCase(Locale.ROOT);
      if (candidate.startsWith(wanted) || distance(wanted, candidate) <= MAX_DISTANCE) {
        near.add(name);
      }
    }
    return near;
  }

  /** Levenshtein distance: insertions, deletions and replacements, each one step. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
