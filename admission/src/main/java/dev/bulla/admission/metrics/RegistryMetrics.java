package dev.bulla.admission.metrics;

import dev.bulla.admission.verify.RegistryListener;
import dev.bulla.registry.transport.Origin;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls of registries. Whoever may create objects chooses whom the webhook asks, so only
 * names that the configuration has are labels; the others are one.
 */
public final class RegistryMetrics implements RegistryListener {

  private static final String OTHER = "other";

  /** What registries say. A status that none of them has any use for is {@value #OTHER}. */
  private static final Set<String> CODES =
      Set.of(
          "200",
          "201",
          "202",
          "204",
          "206",
          "301",
          "302",
          "303",
          "304",
          "307",
          "308",
          "400",
          "401",
          "403",
          "404",
          "405",
          "406",
          "408",
          "410",
          "413",
          "416",
          "421",
          "429",
          "500",
          "501",
          "502",
          "503",
          "504",
          "timeout",
          "unreachable",
          "tls",
          "broken",
          "refused",
          "cancelled");

  private final Counter calls;
  private final Durations times;
  private final LongAdder underWay = new LongAdder();
  private volatile Set<String> named = Set.of();

  RegistryMetrics(MetricRegistry registry) {
    this.calls =
        registry.counter(
            "bulla_admission_registry_calls_total",
            "Calls of registries and of who gives out their tokens, by status or by why none came.",
            "registry",
            "code");
    this.times =
        registry.durations(
            "bulla_admission_registry_call_duration_seconds",
            "How long registries took to begin an answer, or not to.",
            "registry");
    registry.gauge(
        "bulla_admission_registry_calls_in_flight",
        "Calls of registries that have not ended.",
        underWay::sum);
  }

  /**
   * Which hosts are labels from now on.
   *
   * @param hosts in lower case, each with its port where that is not the usual one
   */
  public void named(Set<String> hosts) {
    named = Set.copyOf(hosts);
  }

  @Override
  public void begun(Origin server) {
    underWay.increment();
  }

  @Override
  public void ended(Origin server, String code, Duration took) {
    underWay.decrement();
    String name = server.authority().toLowerCase(Locale.ROOT);
    String registry = named.contains(name) ? name : OTHER;
    calls.increment(registry, CODES.contains(code) ? code : OTHER);
    times.observe(took, registry);
  }
}
