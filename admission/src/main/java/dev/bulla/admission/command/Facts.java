package dev.bulla.admission.command;

import dev.bulla.admission.cache.CacheCounts;
import dev.bulla.admission.cache.RedisCache;
import dev.bulla.admission.metrics.MetricRegistry;
import dev.bulla.admission.metrics.MetricRegistry.Sample;
import dev.bulla.admission.server.AdmissionServer;
import dev.bulla.admission.status.StatusBoard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the running parts say of themselves, for metrics and for the status page. */
record Facts(
    Supplier<LiveRules.Rules> live,
    LiveRules rules,
    Optional<SharedVerdicts> sharing,
    Supplier<AdmissionServer> server,
    InstantSource clock)
    implements StatusBoard.Sources {

  void addTo(MetricRegistry registry) {
    registry.gauge(
        "bulla_admission_cache_entries",
        "Verdicts remembered in this process.",
        () -> cache().entries());
    registry.totals(
        "bulla_admission_cache_lookups_total",
        "Verdicts that were remembered here or by another replica, had to be found out, or counted"
            + " on since nothing newer could be had.",
        "result",
        this::lookups);
    registry.gauge(
        "bulla_admission_shared_cache_up",
        "Whether the shared cache answered when it was last asked.",
        () -> shared().map(Facts::up).orElse(Double.NaN));
    registry.gauge(
        "bulla_admission_trust_root_age_seconds",
        "How long ago the trust material in use was fetched, where a rule needs any.",
        () -> trustFetchedAt().map(this::age).orElse(Double.NaN));
  }

  private List<Sample> lookups() {
    CacheCounts counts = cache();
    return List.of(
        new Sample("hit", counts.hits()),
        new Sample("shared_hit", counts.sharedHits()),
        new Sample("miss", counts.misses()),
        new Sample("stale", counts.stale()));
  }

  private static double up(RedisCache.State state) {
    if (state.answered().isEmpty() && state.failed().isEmpty()) {
      return Double.NaN;
    }
    return state.isFailing() ? 0 : 1;
  }

  private double age(Instant since) {
    return Duration.between(since, clock.instant()).toMillis() / 1000.0;
  }

  @Override
  public boolean isReady() {
    return live.get().isReady();
  }

  @Override
  public CacheCounts cache() {
    return rules.cacheCounts();
  }

  @Override
  public Optional<RedisCache.State> shared() {
    return sharing.map(verdicts -> verdicts.cache().state());
  }

  @Override
  public boolean needsTrust() {
    return live.get().verifier().needsTrust();
  }

  @Override
  public Optional<Instant> trustFetchedAt() {
    return live.get().verifier().trustFetchedAt();
  }

  @Override
  public Instant certificateUntil() {
    return server.get().certificateUntil();
  }
}
