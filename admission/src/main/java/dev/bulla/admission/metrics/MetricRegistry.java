package dev.bulla.admission.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;

/**
 * Numbers by name and labels, and their text. Source: Prometheus text exposition format, version
 * 0.0.4.
 *
 * <p>Thread-safe.
 */
public final class MetricRegistry {

  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, Family> families = new ConcurrentSkipListMap<>();

  /**
   * What can be shown under one name.
   *
   * @param type as the format calls it
   */
  private record Family(String help, String type, Shown shown) {}

  private interface Shown {
    void render(String name, StringBuilder out);
  }

  /**
   * A new counter.
   *
   * @param help one line
   * @param labels names of labels whose values are from closed sets
   */
  public Counter counter(String name, String help, String... labels) {
    Counter counter = new Counter(List.of(labels));
    add(name, new Family(help, "counter", counter::render));
    return counter;
  }

  /** A new histogram of durations. */
  public Durations durations(String name, String help, String... labels) {
    Durations durations = new Durations(List.of(labels));
    add(name, new Family(help, "histogram", durations::render));
    return durations;
  }

  /** A number that is asked for whenever it is shown. */
  public void gauge(String name, String help, DoubleSupplier value) {
    add(name, new Family(help, "gauge", (n, out) -> line(out, n, "", number(value.getAsDouble()))));
  }

  private void add(String name, Family family) {
    if (families.putIfAbsent(name, family) != null) {
      throw new IllegalArgumentException("two metrics are called " + name);
    }
  }

  /** All of it, in the order of the names. */
  public String render() {
    StringBuilder out = new StringBuilder(4096);
    for (Map.Entry<String, Family> entry : families.entrySet()) {
      String name = entry.getKey();
      Family family = entry.getValue();
      out.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
      out.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
      family.shown().render(name, out);
    }
    return out.toString();
  }

  static void line(StringBuilder out, String name, String labels, String value) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
