package dev.bulla.admission.command;

import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.cluster.ClusterOwners;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.OwnerImages;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.verify.SignatureVerifier;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes what decides from the configuration as it is. What was made before stays usable until the
 * next time but one, since requests may be at work with it.
 */
final class LiveRules implements AutoCloseable {

  private final WebhookOptions options;
  private final Optional<Cluster> cluster;
  private final Metrics metrics;
  private final JsonLog log;
  private @Nullable SignatureVerifier current;
  private @Nullable SignatureVerifier previous;

  LiveRules(WebhookOptions options, Optional<Cluster> cluster, Metrics metrics, JsonLog log) {
    this.options = options;
    this.cluster = cluster;
    this.metrics = metrics;
    this.log = log;
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
    Features features = features(options.features().orElse(config.features()));
    return new Rules(
        new Decider(
            config,
            features,
            metrics.measured(verifier),
            owners(features),
            options.verifier().clock()),
        verifier);
  }

  /** With the defaults of Connaisseur where nothing is said. */
  static Features features(FeatureSettings said) {
    return new Features(
        said.detectionMode().orElse(false),
        said.podsOnly().orElse(false),
        said.unchangedApproval().orElse(false),
        said.childApproval().orElse(true));
  }

  private OwnerImages owners(Features features) {
    if (!features.childApproval() || features.podsOnly()) {
      return OwnerImages.NONE;
    }
    if (cluster.isEmpty()) {
      log.info("owners are not asked for: this is no pod, and no kubeconfig was named");
      return OwnerImages.NONE;
    }
    return new ClusterOwners(cluster.get(), false, options.verifier().clock(), log::warn);
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
