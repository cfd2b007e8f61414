package dev.bulla.admission.metrics;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How long something took, for each combination of labels, in seconds. Thread-safe. */
public final class Durations {

  private static final double[] BOUNDS = {0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 15, 20, 30};

  private final Series<Buckets> series;

  Durations(List<String> labels) {
    this.series = new Series<>(labels, Buckets::new);
  }

  /**
   * One more.
   *
   * @param values of the labels, in their order; from a closed set
   */
  public void observe(Duration took, String... values) {
    double seconds = took.toNanos() / 1e9;
    series.of(values).ifPresent(buckets -> buckets.add(seconds));
  }

  void render(String name, StringBuilder out) {
    series.each((labels, buckets) -> {
      String before = labels.isEmpty() ? "" : labels + ",";
      long count = 0;
      for (int i = 0; i < BOUNDS.length; i++) {
        count += buckets.counts[i].sum();
        String le = before + "le=\"" + MetricRegistry.number(BOUNDS[i]) + "\"";
        MetricRegistry.line(out, name + "_bucket", le, Long.toString(count));
      }
      count += buckets.counts[BOUNDS.length].sum();
      MetricRegistry.line(out, name + "_bucket", before + "le=\"+Inf\"", Long.toString(count));
      MetricRegistry.line(out, name + "_sum", labels, MetricRegistry.number(buckets.sum.sum()));
      MetricRegistry.line(out, name + "_count", labels, Long.toString(count));
    });
  }

  /** One series. */
  private static final class Buckets {
    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final DoubleAdder sum = new DoubleAdder();

    Buckets() {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(double seconds) {
      int i = 0;
      while (i < BOUNDS.length && seconds > BOUNDS[i]) {
        i++;
      }
      counts[i].increment();
      sum.add(seconds);
    }
  }
}
