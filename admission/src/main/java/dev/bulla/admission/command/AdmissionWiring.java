package dev.bulla.admission.command;

import dev.bulla.admission.alert.Alerts;
import dev.bulla.admission.cache.LookLimits;
import dev.bulla.admission.cluster.Cluster;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.AlertConfig;
import dev.bulla.admission.config.AlertConfigLoader;
import dev.bulla.admission.live.Watched;
import dev.bulla.admission.live.Watching;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.server.AdmissionServer;
import dev.bulla.admission.server.Announcer;
import dev.bulla.admission.server.Readiness;
import dev.bulla.admission.server.Reloads;
import dev.bulla.admission.server.ReviewListener;
import dev.bulla.admission.status.StatusBoard;
import dev.bulla.admission.status.StatusServer;
import dev.bulla.admission.tls.ClusterIssued;
import dev.bulla.admission.verify.RegistryListener;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The whole webhook, put together and running. The one place that knows all of its parts: the
 * command starts it, and so do tests.
 */
public final class AdmissionWiring implements AutoCloseable {

  /** Where pods find what they log in to the API server with. */
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  private static final Duration ASKING_CLUSTER = Duration.ofSeconds(3);

  private final WebhookOptions options;
  private final JsonLog log;
  private final Metrics metrics;
  private final Optional<StatusBoard> board;
  private final List<Runnable> parts = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable AdmissionServer server;
  private volatile @Nullable StatusServer status;

  private AdmissionWiring(WebhookOptions options, JsonLog log) {
    this.metrics = new Metrics(options.counted());
    this.board =
        options
            .statusListen()
            .map(address ->
                new StatusBoard(options.config().toString(), options.verifier().clock()));
    RegistryListener registries = metrics.registries();
    this.options =
        options.withVerifier(
            options
                .verifier()
                .withRegistryListener(
                    board.map(it -> registries.and(it.registries())).orElse(registries)));
    this.log = log;
  }

  /**
   * Starts the webhook. It answers when this returns, and is ready once keys and trust material are
   * there.
   *
   * @throws BullaException for everything that is wrong in a configuration, certificate or secret
   * @throws IOException when files cannot be read, or an address cannot be had
   */
  public static AdmissionWiring start(WebhookOptions options, JsonLog log)
      throws BullaException, IOException {
    AdmissionWiring webhook = new AdmissionWiring(options, log);
    boolean started = false;
    try {
      webhook.start();
      started = true;
    } finally {
      if (!started) {
        webhook.close();
      }
    }
    return webhook;
  }

  private void start() throws BullaException, IOException {
    Optional<Cluster> cluster = cluster();
    Optional<SharedVerdicts> shared =
        SharedVerdicts.of(options.redis(), options.environment(), options.verifier().clock(), log);
    shared.ifPresent(verdicts -> parts.add(verdicts::close));
    LiveRules rules = new LiveRules(options, cluster, shared, metrics, log, this::configured);
    parts.add(rules::close);
    showLooks(rules.limits());
    Watched.Listener reloads = new Reloads("configuration", metrics, log);
    Watched<LiveRules.Rules> live =
        Watched.start(
            this::configuration,
            rules::load,
            board.map(listening -> listening.beside(reloads)).orElse(reloads));
    Facts facts = new Facts(live, rules, shared, this::running, options.verifier().clock());
    facts.addTo(metrics.registry());
    Watched<Announcer> announcer = announcer();
    Optional<ClusterIssued> issued = issued(cluster);
    AdmissionServer started =
        AdmissionServer.start(
            issued
                .map(own -> options.server().withIdentity(own.identity(), own.identity()))
                .orElse(options.server()),
            new AdmissionServer.Parts(
                () -> live.get().decider(),
                metrics,
                log,
                (request, decision, within) -> announcer.get().announce(request, decision, within),
                board.isPresent() ? board.get() : ReviewListener.NONE,
                readiness(live, issued)));
    server = started;
    Watching watching = Watching.start(List.of(live, announcer), options.server().lookEvery());
    parts.add(watching::close);
    log.info("listening on " + text(started.address()));
    if (board.isPresent()) {
      StatusServer shown =
          StatusServer.start(
              options.statusListen().orElseThrow(),
              options.statusHosts(),
              board.get(),
              facts,
              log::failure);
      parts.add(shown::close);
      status = shown;
      log.info("status page on " + text(shown.address()));
    }
    started
        .metricsAddress()
        .ifPresent(address -> log.info("metrics without TLS on " + text(address)));
  }

  /** Without names of registries: whoever creates pods chooses those. */
  private void showLooks(LookLimits limits) {
    metrics
        .registry()
        .gauge(
            "bulla_admission_looks_running", "Looks at registries under way.", limits::runningNow);
    metrics
        .registry()
        .gauge(
            "bulla_admission_looks_waiting",
            "Looks that wait for their registry's turn.",
            limits::waitingNow);
    metrics
        .registry()
        .gauge(
            "bulla_admission_looks_never_begun",
            "Looks that found no room in time, since the start.",
            limits::neverBegun);
    metrics
        .registry()
        .gauge(
            "bulla_admission_registries_held_back",
            "Registries asked less at once than at first, since they were overloaded or away.",
            limits::held);
  }

  private void configured(AdmissionConfig config) {
    metrics.registries().named(NamedRegistries.of(config, options.verifier()));
    board.ifPresent(listening -> listening.configured(config.rules()));
  }

  private static Readiness readiness(
      Watched<LiveRules.Rules> live, Optional<ClusterIssued> issued) {
    return new Readiness() {
      @Override
      public boolean isReady() {
        return live.get().isReady();
      }

      @Override
      public List<String> missing() {
        return issued.map(ClusterIssued::missing).orElse(List.of()).stream()
            .map(one -> "registration " + one + " is not there")
            .toList();
      }
    };
  }

  /** Certificates that are made here, where files have none. */
  private Optional<ClusterIssued> issued(Optional<Cluster> cluster)
      throws BullaException, IOException {
    if (options.issued().isEmpty()) {
      return Optional.empty();
    }
    if (cluster.isEmpty()) {
      throw new ConfigurationException(
          "--self-issued-tls: there is no cluster to keep the certificates in",
          "run it in a pod with a service account, or give --kubeconfig");
    }
    ClusterIssued issued =
        ClusterIssued.start(
            options.issued().get(),
            cluster.get(),
            options.verifier().clock(),
            log::info,
            log::error);
    parts.add(issued::close);
    issued.watch(options.server().lookEvery());
    return Optional.of(issued);
  }

  /**
   * What verdicts depend on: the configuration, what it names, and the secrets that are mounted.
   */
  private List<Path> configuration() throws IOException {
    List<Path> paths = new ArrayList<>(List.of(options.config()));
    paths.addAll(ConfigFiles.namedBy(options.config().toString(), new WorkingFiles(Path.of(""))));
    paths.addAll(mountedSecrets());
    return paths;
  }

  private List<Path> mountedSecrets() throws IOException {
    List<Path> paths = new ArrayList<>();
    Optional<Path> secrets = options.verifier().secretsDir();
    if (secrets.isPresent() && Files.isDirectory(secrets.get())) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(secrets.get())) {
        for (Path folder : folders) {
          if (Files.isDirectory(folder) && !String.valueOf(folder.getFileName()).startsWith("..")) {
            paths.add(folder);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return paths;
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** The API server, where it can be reached. */
  private Optional<Cluster> cluster() {
    Map<String, String> variables = new HashMap<>(options.environment());
    if (options.kubeconfig().isPresent()) {
      variables.put("KUBECONFIG", options.kubeconfig().get().toString());
    } else if (!Files.exists(SERVICE_ACCOUNT)) {
      return Optional.empty();
    }
    Cluster cluster =
        new Cluster(
            KmsContext.of(variables, options.verifier().home(), ASKING_CLUSTER),
            options.verifier().clock());
    parts.add(cluster::close);
    return Optional.of(cluster);
  }

  private Watched<Announcer> announcer() throws BullaException, IOException {
    HttpTransport transport =
        SocketTransport.create(
            TlsOptions.builder().environment(options.environment()).build(),
            Proxies.of(options.environment()));
    parts.add(transport::close);
    Alerts.Surroundings surroundings =
        new Alerts.Surroundings(
            options.environment().getOrDefault("POD_NAME", ""),
            options.alertTemplates(),
            options.verifier().secretsDir(),
            transport,
            metrics,
            log,
            options.verifier().clock());
    List<Path> files = new ArrayList<>(List.of(options.alerts().orElse(options.config())));
    options.alertTemplates().ifPresent(files::add);
    // headers of receivers may come from there
    files.addAll(mountedSecrets());
    return Watched.start(
        files, () -> Alerts.create(alerts(), surroundings), new Reloads("alerts", metrics, log));
  }

  private AlertConfig alerts() throws BullaException {
    WorkingFiles files = new WorkingFiles(Path.of(""));
    String file = ConfigFiles.find(options.alerts().orElse(options.config()).toString(), files);
    String text = ConfigFiles.text(file, files);
    return AlertConfigLoader.load(text, file);
  }

  /** Where reviews are answered, with the port that was chosen. */
  public InetSocketAddress address() {
    return running().address();
  }

  /** Where metrics are answered in plain text, when they are. */
  public Optional<InetSocketAddress> metricsAddress() {
    return running().metricsAddress();
  }

  /** Where the status page is shown, when it is. */
  public Optional<InetSocketAddress> statusAddress() {
    return Optional.ofNullable(status).map(StatusServer::address);
  }

  private AdmissionServer running() {
    AdmissionServer started = server;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  /** Answers what it was asked, then stops. The second call does nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    AdmissionServer started = server;
    if (started != null) {
      started.close();
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      parts.get(i).run();
    }
  }
}
