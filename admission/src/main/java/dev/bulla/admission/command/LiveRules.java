package dev.bulla.admission.command;

import dev.bulla.admission.cache.CacheCounts;
import dev.bulla.admission.cache.CacheOptions;
import dev.bulla.admission.cache.CachingVerifier;
import dev.bulla.admission.cache.LimitedLooks;
import dev.bulla.admission.cache.LookLimits;
import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.cluster.ClusterOwners;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.config.FeatureSettings.ChildApproval;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.OwnerImages;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.verify.SignatureVerifier;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes what decides from the configuration as it is. What was made before stays usable until the
 * next time but one, since requests may be at work with it.
 */
final class LiveRules implements AutoCloseable {

  private final WebhookOptions options;
  private final Optional<Cluster> cluster;
  private final Optional<SharedVerdicts> shared;
  private final Metrics metrics;
  private final JsonLog log;
  private final LookLimits limits;
  private final Consumer<AdmissionConfig> listener;
  private final Bytes ownKey = PullSecretsOfCluster.randomKey();
  private volatile Caches caches = new Caches(CacheCounts.NONE, null, null);
  private @Nullable SignatureVerifier current;
  private @Nullable SignatureVerifier previous;

  LiveRules(
      WebhookOptions options,
      Optional<Cluster> cluster,
      Optional<SharedVerdicts> shared,
      Metrics metrics,
      JsonLog log,
      Consumer<AdmissionConfig> listener) {
    this.options = options;
    this.cluster = cluster;
    this.shared = shared;
    this.metrics = metrics;
    this.log = log;
    this.limits = new LookLimits(LookLimits.Options.DEFAULT, options.verifier().clock());
    this.listener = listener;
  }

  /** What decides, for one configuration. */
  record Rules(Decider decider, SignatureVerifier verifier) {

    boolean isReady() {
      return verifier.isReady();
    }
  }

  /**
   * Reads the configuration.
   *
   * @throws BullaException with everything that is wrong with it
   */
  synchronized Rules load() throws BullaException {
    AdmissionConfig config =
        ConfigFiles.load(options.config().toString(), new WorkingFiles(Path.of("")));
    config.warnings().forEach(log::warn);
    SignatureVerifier verifier = SignatureVerifier.of(config, options.verifier());
    if (previous != null) {
      previous.close();
    }
    previous = current;
    current = verifier;
    FeatureSettings said = options.features().orElse(config.features());
    Features features = features(said);
    CachingVerifier cache = cache(verifier, said);
    Decider decider =
        new Decider(
                config,
                features,
                metrics.measured(cache),
                owners(features, said),
                options.verifier().clock(),
                log::failure)
            .withPodSecrets(
                PullSecretsOfCluster.of(
                    config,
                    cluster,
                    shared.map(SharedVerdicts::secret).orElse(ownKey),
                    options.verifier().clock(),
                    "run in a pod with a service account, or give --kubeconfig",
                    log::warn));
    caches = caches.followedBy(cache);
    listener.accept(config);
    return new Rules(decider, verifier);
  }

  /** For one configuration: what another one admitted says nothing. */
  private CachingVerifier cache(SignatureVerifier verifier, FeatureSettings said) {
    CacheOptions life =
        CacheOptions.of(
            Duration.ofSeconds(Math.clamp(said.cacheSeconds().orElse(30), 0, 86_400)),
            said.cacheErrors().orElse(true));
    LimitedLooks looks = new LimitedLooks(verifier, verifier, limits, options.verifier().clock());
    return shared.isEmpty()
        ? CachingVerifier.inProcess(looks, looks, life, options.verifier().clock())
        : CachingVerifier.shared(
            looks,
            looks,
            life,
            shared.get().cache(),
            shared.get().secret(),
            options.verifier().clock());
  }

  /** How many looks there are at once, whatever the configuration. */
  LookLimits limits() {
    return limits;
  }

  /** What the caches of all configurations so far have done; what is remembered, of the last. */
  CacheCounts cacheCounts() {
    return caches.counts();
  }

  /**
   * Each configuration has a cache of its own, and what all of them did only grows.
   *
   * @param gone what those did that nobody uses any more
   * @param previous may still be at work
   */
  private record Caches(
      CacheCounts gone, @Nullable CachingVerifier previous, @Nullable CachingVerifier current) {

    Caches followedBy(CachingVerifier next) {
      return new Caches(previous == null ? gone : gone.plus(previous.counts()), current, next);
    }

    CacheCounts counts() {
      CacheCounts before = previous == null ? gone : gone.plus(previous.counts());
      return current == null ? before : before.plus(current.counts());
    }
  }

  /** With the defaults of Connaisseur where nothing is said. */
  static Features features(FeatureSettings said) {
    return new Features(
        said.detectionMode().orElse(false),
        said.podsOnly().orElse(false),
        said.unchangedApproval().orElse(false),
        said.childApproval().orElse(ChildApproval.ALL) != ChildApproval.NONE);
  }

  private OwnerImages owners(Features features, FeatureSettings said) {
    if (!features.childApproval() || features.podsOnly()) {
      return OwnerImages.NONE;
    }
    if (cluster.isEmpty()) {
      log.info("owners are not asked for: this is no pod, and no kubeconfig was named");
      return OwnerImages.NONE;
    }
    boolean strict = said.childApproval().equals(Optional.of(ChildApproval.ALL_BUT_PODS));
    return new ClusterOwners(cluster.get(), strict, options.verifier().clock(), log::warn);
  }

  @Override
  public synchronized void close() {
    if (previous != null) {
      previous.close();
    }
    if (current != null) {
      current.close();
    }
  }
}
