package dev.bulla.admission.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/**
 * What the Java runtime says of itself, by the names that the client library of Prometheus gives
 * these numbers, so that dashboards for Java know them.
 */
final class JvmMetrics {

  private JvmMetrics() {}

  static void addTo(MetricRegistry registry) {
    registry.gauges("jvm_memory_used_bytes", "Memory in use.", "area", () -> memory(Memory.USED));
    registry.gauges(
        "jvm_memory_committed_bytes",
        "Memory taken from the system.",
        "area",
        () -> memory(Memory.COMMITTED));
    registry.gauges("jvm_memory_max_bytes", "Memory at most.", "area", () -> memory(Memory.MAX));
    registry.gauge(
        "jvm_threads_current",
        "Threads of the system; virtual ones are not among them.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    registry.gauge(
        "jvm_threads_peak",
        "The most threads there were.",
        () -> ManagementFactory.getThreadMXBean().getPeakThreadCount());
    registry.totals(
        "jvm_gc_collections_total",
        "Collections of garbage.",
        "gc",
        () -> collectors(Collections.COUNT));
    registry.totals(
        "jvm_gc_collection_seconds_total",
        "Time that collections of garbage took.",
        "gc",
        () -> collectors(Collections.SECONDS));
    registry.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970.",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    registry.total(
        "process_cpu_seconds_total",
        "Processor time of the process.",
        () ->
            ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toNanos() / 1e9)
                .orElse(Double.NaN));
  }

  private enum Memory {
    USED,
    COMMITTED,
    MAX
  }

  private enum Collections {
    COUNT,
    SECONDS
  }

  private static List<MetricRegistry.Sample> memory(Memory which) {
    return List.of(
        new MetricRegistry.Sample(
            "heap", number(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage(), which)),
        new MetricRegistry.Sample(
            "nonheap", number(ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage(), which)));
  }

  /** Not a number where the runtime knows none. */
  private static double number(MemoryUsage usage, Memory which) {
    long bytes =
        switch (which) {
          case USED -> usage.getUsed();
          case COMMITTED -> usage.getCommitted();
          case MAX -> usage.getMax();
        };
    return bytes < 0 ? Double.NaN : bytes;
  }

  private static List<MetricRegistry.Sample> collectors(Collections which) {
    List<MetricRegistry.Sample> samples = new ArrayList<>();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      double value =
          which == Collections.COUNT
              ? collector.getCollectionCount()
              : collector.getCollectionTime() / 1000.0;
      samples.add(new MetricRegistry.Sample(collector.getName(), value));
    }
    return samples;
  }
}
