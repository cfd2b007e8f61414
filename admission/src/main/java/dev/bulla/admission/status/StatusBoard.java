package dev.bulla.admission.status;

import dev.bulla.admission.cache.CacheCounts;
import dev.bulla.admission.cache.RedisCache;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.live.Watched;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.server.ReviewListener;
import dev.bulla.admission.verify.RegistryListener;
import dev.bulla.error.Quoted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Listens to the webhook and remembers, within bounds, what its status page shows. Thread-safe; who
 * tells it something never waits for whoever reads.
 */
public final class StatusBoard implements ReviewListener {

  /** What the parts of the webhook say of themselves whenever somebody looks. */
  public interface Sources {

    /** Whether keys and trust material are at hand. */
    boolean isReady();

    /** Since the start. */
    CacheCounts cache();

    /** How it goes with the shared cache; empty where none is shared. */
    Optional<RedisCache.State> shared();

    /** Whether any rule depends on trust material that is fetched. */
    boolean needsTrust();

    /** When the trust material in use was fetched. */
    Optional<Instant> trustFetchedAt();

    /** When the server's certificate expires. */
    Instant certificateUntil();
  }

  private static final int MAX_FAILURE = 2000;

  private final String file;
  private final InstantSource clock;
  private final Instant started;
  private final RecentDecisions recent = new RecentDecisions();
  private final RuleHits rules = new RuleHits();
  private final RegistryHealth registries;
  private volatile Status.Configuration configuration;

  /**
   * @param file the configuration, as the user named it
   */
  public StatusBoard(String file, InstantSource clock) {
    this.file = Quoted.plain(file);
    this.clock = clock;
    this.started = clock.instant();
    this.registries = new RegistryHealth(clock);
    this.configuration =
        new Status.Configuration(this.file, started, Optional.empty(), Optional.empty());
  }

  /** What calls of registries are told to. */
  public RegistryListener registries() {
    return registries;
  }

  /** A configuration is used from now on. */
  public void configured(List<RuleConfig> now) {
    rules.use(now);
    configuration =
        new Status.Configuration(file, clock.instant(), Optional.empty(), Optional.empty());
  }

  /** Also listens to what comes of files that changed. */
  public Watched.Listener beside(Watched.Listener other) {
    return new Watched.Listener() {
      @Override
      public void reloaded() {
        other.reloaded();
      }

      @Override
      public void kept(String why) {
        configuration =
            new Status.Configuration(
                file,
                configuration.loaded(),
                Optional.of(why.length() > MAX_FAILURE ? why.substring(0, MAX_FAILURE) : why),
                Optional.of(clock.instant()));
        other.kept(why);
      }
    };
  }

  @Override
  public void answered(String path, ReviewRequest review, Decision decision, Duration took) {
    Instant now = clock.instant();
    recent.add(path, review, decision, took, now);
    rules.add(decision.images(), now);
  }

  /** How it is now. */
  Status now(Sources sources) {
    CacheCounts counts = sources.cache();
    Optional<RedisCache.State> shared = sources.shared();
    return new Status(
        clock.instant(),
        started,
        sources.isReady(),
        recent.newest(),
        recent.all(),
        rules.all(),
        new Status.Cache(
            counts.entries(),
            counts.underWay(),
            counts.hits(),
            counts.sharedHits(),
            counts.misses(),
            counts.stale(),
            shared.map(StatusBoard::words).orElse("not shared"),
            shared.isPresent() && shared.get().isFailing()),
        registries.all(),
        configuration,
        new Status.Trust(sources.needsTrust(), sources.trustFetchedAt()),
        sources.certificateUntil());
  }

  private static String words(RedisCache.State state) {
    if (state.isFailing()) {
      return "does not answer";
    }
    return state.answered().isPresent() ? "answers" : "not asked yet";
  }
}
