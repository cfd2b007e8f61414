package dev.bulla.admission.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

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

  /**
   * One number of several under one name.
   *
   * @param label the value of its label, from a closed set
   * @param value not a number when there is none
   */
  public record Sample(String label, double value) {}

  /** A number that is asked for whenever it is shown, and left out when it is none. */
  public void gauge(String name, String help, DoubleSupplier value) {
    add(name, new Family(help, "gauge", one(value)));
  }

  /** As {@link #gauge}, of something that only grows. */
  public void total(String name, String help, DoubleSupplier value) {
    add(name, new Family(help, "counter", one(value)));
  }

  /** Several numbers that are asked for whenever they are shown. */
  public void gauges(String name, String help, String label, Supplier<List<Sample>> values) {
    add(name, new Family(help, "gauge", several(label, values)));
  }

  /** As {@link #gauges}, of what only grows. */
  public void totals(String name, String help, String label, Supplier<List<Sample>> values) {
    add(name, new Family(help, "counter", several(label, values)));
  }

  private static Shown one(DoubleSupplier value) {
    return (name, out) -> sample(out, name, "", value.getAsDouble());
  }

  private static Shown several(String label, Supplier<List<Sample>> values) {
    return (name, out) -> {
      for (Sample sample : values.get()) {
        sample(out, name, Series.label(label, sample.label()), sample.value());
      }
    };
  }

  private static void sample(StringBuilder out, String name, String labels, double value) {
    if (!Double.isNaN(value)) {
      line(out, name, labels, number(value));
    }
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
