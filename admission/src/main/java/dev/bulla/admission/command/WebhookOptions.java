package dev.bulla.admission.command;

import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.tls.IssuedOptions;
import dev.bulla.admission.verify.VerifierOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the whole webhook is made of. Values do not change: each {@code with} makes another. */
public final class WebhookOptions {

  private final Path config;
  private Optional<Path> alerts = Optional.empty();
  private Optional<Path> alertTemplates = Optional.empty();
  private Optional<Path> kubeconfig = Optional.empty();
  private Optional<RedisOptions> redis = Optional.empty();
  private FeatureSettings features = FeatureSettings.NONE;
  private final ServerOptions server;
  private VerifierOptions verifier;
  private Optional<IssuedOptions> issued = Optional.empty();
  private Map<String, String> environment;
  private Optional<InetSocketAddress> statusListen = Optional.empty();
  private Set<String> statusHosts = Set.of();
  private String counted = Metrics.MUTATE;

  private WebhookOptions(Path config, ServerOptions server, VerifierOptions verifier) {
    this.config = config;
    this.server = server;
    this.verifier = verifier;
    this.environment = Map.copyOf(verifier.environment());
  }

  private WebhookOptions(WebhookOptions other) {
    this.config = other.config;
    this.alerts = other.alerts;
    this.alertTemplates = other.alertTemplates;
    this.kubeconfig = other.kubeconfig;
    this.redis = other.redis;
    this.features = other.features;
    this.server = other.server;
    this.verifier = other.verifier;
    this.issued = other.issued;
    this.environment = other.environment;
    this.statusListen = other.statusListen;
    this.statusHosts = other.statusHosts;
    this.counted = other.counted;
  }

  /** Nothing but what is needed, and the features of the configuration. */
  public static WebhookOptions of(Path config, ServerOptions server, VerifierOptions verifier) {
    return new WebhookOptions(config, server, verifier);
  }

  public WebhookOptions withAlerts(Path file, Optional<Path> templates) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.alerts = Optional.of(file);
    copy.alertTemplates = templates;
    return copy;
  }

  public WebhookOptions withKubeconfig(Path file) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.kubeconfig = Optional.of(file);
    return copy;
  }

  public WebhookOptions withRedis(RedisOptions shared) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.redis = Optional.of(shared);
    return copy;
  }

  public WebhookOptions withFeatures(FeatureSettings settings) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.features = settings;
    return copy;
  }

  /** With other surroundings of verification. */
  WebhookOptions withVerifier(VerifierOptions other) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.verifier = other;
    return copy;
  }

  /** With certificates that are made, not read from files. */
  public WebhookOptions withIssued(IssuedOptions options) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.issued = Optional.of(options);
    return copy;
  }

  /** With the status page at an address, under these names too. */
  public WebhookOptions withStatus(InetSocketAddress address, Set<String> hosts) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.statusListen = Optional.of(address);
    copy.statusHosts = Set.copyOf(hosts);
    return copy;
  }

  /** With the path whose reviews count: one of those that are registered. */
  public WebhookOptions withCounted(String path) {
    WebhookOptions copy = new WebhookOptions(this);
    copy.counted = path;
    return copy;
  }

  /** File or folder of the configuration. */
  public Path config() {
    return config;
  }

  /** Configuration of alerts; without it, what a {@code values.yaml} says. */
  public Optional<Path> alerts() {
    return alerts;
  }

  /** Folder of the user's templates of alerts. */
  public Optional<Path> alertTemplates() {
    return alertTemplates;
  }

  /** How the API server is reached; without it, as pods reach it. */
  public Optional<Path> kubeconfig() {
    return kubeconfig;
  }

  /** Through which verdicts are shared; without it, the one that the environment names. */
  public Optional<RedisOptions> redis() {
    return redis;
  }

  /** What goes before the configuration. */
  public FeatureSettings features() {
    return features;
  }

  public ServerOptions server() {
    return server;
  }

  public VerifierOptions verifier() {
    return verifier;
  }

  /** How certificates are made; without it they come from files. */
  public Optional<IssuedOptions> issued() {
    return issued;
  }

  /** The process environment, as whoever made this read it. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Where the status page is shown; nowhere when absent. */
  public Optional<InetSocketAddress> statusListen() {
    return statusListen;
  }

  /** Names that the page may be asked under, beside addresses and {@code localhost}. */
  public Set<String> statusHosts() {
    return statusHosts;
  }

  /** The path whose reviews {@code connaisseur_*} metrics count. */
  public String counted() {
    return counted;
  }

  /** Shows no values of the environment: some are secret. */
  @Override
  public String toString() {
    return "WebhookOptions[" + config + ", " + server + "]";
  }
}
