package dev.bulla.admission.metrics;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts, for each combination of labels. Thread-safe. */
public final class Counter {

  private final Series<LongAdder> series;

  Counter(List<String> labels) {
    this.series = new Series<>(labels, LongAdder::new);
  }

  /**
   * One more.
   *
   * @param values of the labels, in their order; from a closed set
   */
  public void increment(String... values) {
    series.of(values).ifPresent(LongAdder::increment);
  }

  /** How many there were. */
  public long value(String... values) {
    return series.of(values).map(LongAdder::sum).orElse(0L);
  }

  void render(String name, StringBuilder out) {
    series.each(
        (labels, adder) -> MetricRegistry.line(out, name, labels, Long.toString(adder.sum())));
  }
}
