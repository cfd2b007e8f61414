package dev.bulla.admission.config;

import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a configuration, all of it, so that it can be mended in one go. */
final class Problems {

  private final String file;
  private final List<Mistake> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** One that has to be mended. */
  private record Mistake(int line, String text) {}

  Problems(String file) {
    this.file = file;
  }

  void error(int line, String text) {
    errors.add(new Mistake(line, place(line) + ": " + text));
  }

  /** How messages name a line. */
  String place(int line) {
    return file + ":" + line;
  }

  /**
   * @param fix what to write instead
   */
  void error(int line, String text, String fix) {
    error(line, text + " (" + fix + ")");
  }

  void error(int line, ConfigurationException e) {
    error(line, e.hint().isEmpty() ? e.message() : e.message() + " (" + e.hint().get() + ")");
  }

  void warn(int line, String text) {
    warnings.add(place(line) + ": " + text);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * @throws ConfigurationException {@code Config has N errors:} and a line for each, in the order
   *     of the file
   */
  void throwAny() throws ConfigurationException {
    if (errors.isEmpty()) {
      return;
    }
    List<Mistake> ordered = errors.stream().sorted(Comparator.comparingInt(Mistake::line)).toList();
    StringBuilder text =
        new StringBuilder("Config has ")
            .append(errors.size())
            .append(errors.size() == 1 ? " error:" : " errors:");
    for (int i = 0; i < errors.size(); i++) {
      text.append("\nConfig error ").append(i + 1).append(": ").append(ordered.get(i).text());
    }
    throw new ConfigurationException(text.toString());
  }
}
