package dev.bulla.admission.lint;

import dev.bulla.admission.image.ImageName;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What can be told of a pattern from its text. */
final class PatternText {

  private static final String HEX = "0".repeat(64);

  /** What a run of any characters can stand for. */
  private static final List<String> FILLERS =
      List.of("", "xx", "xx/yy", "x.example/yy", "xx:1", "xx@sha256", "xx@sha256:" + HEX, HEX);

  /** Runs of any characters beyond which there would be too many names. */
  private static final int MAX_RUNS = 4;

  private PatternText() {}

  /** Whether it has a tag part, be it a wildcard; a digest is none. */
  static boolean hasTag(String pattern) {
    return pattern.indexOf('@') < 0 && pattern.lastIndexOf(':') > pattern.lastIndexOf('/');
  }

  static boolean hasAnyTag(String pattern) {
    return hasTag(pattern) && pattern.endsWith(":*");
  }

  /** Whether its first component is a registry's name, or can be one. */
  static boolean namesRegistry(String pattern) {
    int slash = pattern.indexOf('/');
    if (slash < 0) {
      return false;
    }
    String first = pattern.substring(0, slash);
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || first.chars().anyMatch(c -> "*?[{\\".indexOf(c) >= 0);
  }

  /** Whether names can be made from it: it has no sets, alternatives or escapes, and few runs. */
  static boolean canBeSampled(String pattern) {
    return pattern.chars().noneMatch(c -> "[{\\".indexOf(c) >= 0)
        && runs(pattern).length <= MAX_RUNS + 1;
  }

  private static String[] runs(String pattern) {
    return pattern.split("\\*+", -1);
  }

  /** Names of images that it may describe. */
  static List<ImageName> samples(String pattern) {
    if (!canBeSampled(pattern)) {
      return List.of();
    }
    Set<String> texts = new LinkedHashSet<>();
    String plain = pattern.replace('?', 'x');
    fill(runs(plain), texts);
    if (!hasTag(pattern) && pattern.indexOf('@') < 0) {
      fill(runs(plain + ":1"), texts);
      fill(runs(plain + "@sha256:" + HEX), texts);
    }
    List<ImageName> names = new ArrayList<>();
    for (String text : texts) {
      try {
        names.add(ImageName.parse(text));
      } catch (MalformedInputException e) {
        // not every filler makes a name in every place
      }
    }
    return names;
  }

  private static void fill(String[] literals, Set<String> into) {
    List<String> begun = List.of(literals[0]);
    for (int i = 1; i < literals.length; i++) {
      List<String> longer = new ArrayList<>();
      for (String text : begun) {
        for (String filler : FILLERS) {
          longer.add(text + filler + literals[i]);
        }
      }
      begun = longer;
    }
    into.addAll(begun);
  }
}
