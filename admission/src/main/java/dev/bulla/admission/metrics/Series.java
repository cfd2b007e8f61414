package dev.bulla.admission.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The series of one name, by the values of their labels. */
final class Series<T> {

  /** Values of labels are from closed sets; should one not be, memory still ends here. */
  static final int MAX = 2000;

  private final List<String> labels;
  private final Supplier<T> maker;
  private final Map<List<String>, T> byValues = new ConcurrentHashMap<>();

  Series(List<String> labels, Supplier<T> maker) {
    this.labels = List.copyOf(labels);
    this.maker = maker;
    if (labels.isEmpty()) {
      byValues.put(List.of(), maker.get());
    }
  }

  /** The series of these values; empty when there are too many already. */
  Optional<T> of(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(values.length + " values for " + labels);
    }
    List<String> key = List.copyOf(Arrays.asList(values));
    T found = byValues.get(key);
    if (found != null || byValues.size() >= MAX) {
      return Optional.ofNullable(found);
    }
    return Optional.of(byValues.computeIfAbsent(key, k -> maker.get()));
  }

  /** What to do with each series, in the order of the values. */
  interface Renderer<T> {
    void render(String labels, T series);
  }

  void each(Renderer<T> renderer) {
    List<List<String>> keys = new ArrayList<>(byValues.keySet());
    keys.sort((a, b) -> a.toString().compareTo(b.toString()));
    for (List<String> key : keys) {
      T series = byValues.get(key);
      if (series != null) {
        renderer.render(text(key), series);
      }
    }
  }

  /** {@code a="1",b="2"}, escaped as the format asks. */
  private String text(List<String> values) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? "" : ",").append(label(labels.get(i), values.get(i)));
    }
    return out.toString();
  }

  /** {@code a="1"}, escaped as the format asks. */
  static String label(String name, String value) {
    return name
        + "=\""
        + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + "\"";
  }
}
