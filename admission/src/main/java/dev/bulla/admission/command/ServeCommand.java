package dev.bulla.admission.command;

import dev.bulla.admission.cache.RedisOptions;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.FeatureSettings;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.server.ServerOptions;
import dev.bulla.admission.tls.IssuedOptions;
import dev.bulla.admission.tls.SelfIssued;
import dev.bulla.cli.command.Command;
import dev.bulla.cli.command.CommandContext;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.cli.terminal.WorkingFiles;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs the webhook until the process is told to end. */
final class ServeCommand implements Command {

  private static final Flag<String> ALERTS =
      Flag.text("alerts", "configuration of alerts; left out when the file is not there")
          .orElse("/app/alerts/config.yaml");

  private static final Flag<String> ALERT_TEMPLATES =
      Flag.text("alert-templates", "folder of further templates of alerts")
          .orElse("/app/alerts/templates");

  private static final Flag<String> LISTEN =
      Flag.text("listen", "address and port for reviews, probes and metrics, over TLS")
          .orElse("0.0.0.0:5000");

  private static final Flag<String> METRICS_LISTEN =
      Flag.text("metrics-listen", "address and port for probes and metrics without TLS");

  private static final Flag<String> STATUS_LISTEN =
      Flag.text(
          "status-listen",
          "address and port for a page that shows recent decisions, without TLS and without"
              + " log-in");

  private static final Flag<List<String>> STATUS_HOST =
      Flag.repeatable(
          "status-host", "name that browsers may ask for it by, beside addresses and localhost");

  private static final Flag<String> COUNT =
      Flag.choice(
              "count",
              "whose reviews connaisseur_* metrics count; validate where only /validate is"
                  + " registered",
              "mutate",
              "validate")
          .orElse("mutate");

  private static final Flag<String> CERTIFICATE =
      Flag.text("tls-cert", "PEM file with the server's certificates; read again when it changes")
          .orElse("/app/certs/tls.crt");

  private static final Flag<String> KEY =
      Flag.text("tls-key", "PEM file with the certificate's key").orElse("/app/certs/tls.key");

  private static final Flag<String> CLIENT_AUTHORITY =
      Flag.text("client-ca", "PEM file: answer reviews only to clients that it vouches for");

  private static final Flag<String> SELF_ISSUED =
      Flag.text(
          "self-issued-tls",
          "NAMESPACE/SECRET: make certificates, keep them there and renew them, instead of"
              + " --tls-cert");

  private static final Flag<List<String>> TLS_NAMES =
      Flag.commaList("tls-name", "host name or IP address in certificates that are made");

  private static final Flag<List<String>> REGISTRATIONS =
      Flag.commaList(
          "registration",
          "mutating/NAME or validating/NAME: webhook configuration whose caBundle is kept");

  private static final Flag<Duration> OVERLAP =
      Flag.duration("tls-overlap", "how long a new authority is in caBundle before it signs")
          .orElse(SelfIssued.OVERLAP);

  private static final Flag<String> KUBECONFIG =
      Flag.text("kubeconfig", "how the API server is asked, outside of a cluster");

  private static final Flag<String> REDIS =
      Flag.text("redis", "host and port of the Redis that replicas share verdicts through");

  private static final Flag<String> REDIS_AUTHORITY =
      Flag.text("redis-ca", "PEM file: who vouches for the certificate of that Redis");

  private static final Flag<Duration> LAME_DUCK =
      Flag.duration("lame-duck", "how long to go on after the signal to end, not ready any more")
          .orElse(Duration.ofSeconds(5));

  private static final Flag<Duration> DRAIN =
      Flag.duration("drain", "how long reviews may take to finish after that")
          .orElse(Duration.ofSeconds(30));

  private static final Flag<Duration> LOOK_EVERY =
      Flag.duration("look-every", "how often files are looked at for changes")
          .orElse(Duration.ofSeconds(10));

  /** Looking more often would be all that is done. */
  private static final Duration LEAST_LOOK = Duration.ofMillis(100);

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("admission serve", "Run the webhook of a Kubernetes cluster")
        .description(
            """
            Run the webhook: answer the API server's reviews under /mutate and /validate, probes
            under /health and /ready, and Prometheus under /metrics. The configuration, certificates
            and alerts are read again when their files change; when the new ones have a mistake, the
            last ones stay.

            The variables of Connaisseur's container are heeded and go before the configuration:
            AUTOMATIC_CHILD_APPROVAL, AUTOMATIC_UNCHANGED_APPROVAL, DETECTION_MODE,
            RESOURCE_VALIDATION_MODE, CACHE_EXPIRY_SECONDS, CACHE_ERRORS, LOG_LEVEL, LOG_FORMAT,
            POD_NAME, REDIS_HOST, REDIS_PASSWORD, CACHE_SECRET. SIGTERM ends it once every review is answered.\
            """)
        .example("bulla admission serve --config values.yaml --tls-cert tls.crt --tls-key tls.key")
        .positionals("", Positionals.none())
        .flags("Configuration", ConfigFiles.CONFIG, ALERTS, ALERT_TEMPLATES, LOOK_EVERY)
        .flags(
            "Server", LISTEN, METRICS_LISTEN, CERTIFICATE, KEY, CLIENT_AUTHORITY, LAME_DUCK, DRAIN)
        .flags("Watching", STATUS_LISTEN, STATUS_HOST, COUNT)
        .flags(RegistriesFlags.GROUP)
        .flags("Certificates of its own", SELF_ISSUED, TLS_NAMES, REGISTRATIONS, OVERLAP)
        .flags("Cluster", KUBECONFIG, REDIS, REDIS_AUTHORITY);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    FeatureSettings said =
        FeatureSettings.ofEnvironment(context.environment().asMap(), context::warn);
    WebhookOptions options = options(flags, context, said);
    JsonLog log;
    try {
      log = log(options, said, context);
    } catch (ConfigurationException e) {
      throw e.in("error loading config");
    }
    AdmissionWiring webhook = start(options, log);
    CountDownLatch end = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  log.info("told to end: answering what was asked, then ending");
                  webhook.close();
                  end.countDown();
                },
                "bulla-end"));
    try {
      end.await();
    } catch (InterruptedException e) {
      webhook.close();
      Thread.currentThread().interrupt();
    }
  }

  private static AdmissionWiring start(WebhookOptions options, JsonLog log) throws BullaException {
    try {
      return AdmissionWiring.start(options, log);
    } catch (IOException e) {
      throw new ConfigurationException("cannot serve: " + Quoted.plain(WorkingFiles.reason(e)), e);
    } catch (ConfigurationException e) {
      throw e.in("error loading config");
    }
  }

  /** A flag without effect is a mistake of who wrote it: it protects nothing, and looks as if. */
  private static void refuseWithoutEffect(ParsedFlags flags) throws ConfigurationException {
    boolean issued = !flags.get(SELF_ISSUED).isEmpty();
    for (Flag<?> flag : List.of(CERTIFICATE, KEY)) {
      if (issued && flags.isSet(flag)) {
        throw new ConfigurationException(
            "--" + flag.name() + " has no effect beside --" + SELF_ISSUED.name());
      }
    }
    for (Flag<?> flag : List.of(TLS_NAMES, REGISTRATIONS, OVERLAP)) {
      refuseWithout(issued, SELF_ISSUED, flag, flags);
    }
    refuseWithout(!flags.get(STATUS_LISTEN).isEmpty(), STATUS_LISTEN, STATUS_HOST, flags);
    refuseWithout(!flags.get(REDIS).isEmpty(), REDIS, REDIS_AUTHORITY, flags);
    if (flags.get(LOOK_EVERY).compareTo(LEAST_LOOK) < 0) {
      throw new ConfigurationException("--look-every: it has to be 100ms or more");
    }
  }

  private static void refuseWithout(
      boolean isThere, Flag<?> needed, Flag<?> flag, ParsedFlags flags)
      throws ConfigurationException {
    if (!isThere && flags.isSet(flag)) {
      throw new ConfigurationException(
          "--" + flag.name() + " has no effect without --" + needed.name());
    }
  }

  private static WebhookOptions options(
      ParsedFlags flags, CommandContext context, FeatureSettings said) throws BullaException {
    refuseWithoutEffect(flags);
    WorkingFiles files = context.files();
    Optional<Path> alerts = there(flags.get(ALERTS), files);
    if (alerts.isEmpty() && flags.isSet(ALERT_TEMPLATES)) {
      throw new ConfigurationException(
          "--alert-templates has no effect: there is no " + Quoted.text(flags.get(ALERTS)),
          "--alerts names the configuration that uses them");
    }
    ServerOptions server =
        ServerOptions.of(
                ListenAddress.parse("listen", flags.get(LISTEN)),
                files.resolve(flags.get(CERTIFICATE)),
                files.resolve(flags.get(KEY)))
            .withLookEvery(flags.get(LOOK_EVERY))
            .withEnd(flags.get(LAME_DUCK), flags.get(DRAIN));
    if (!flags.get(METRICS_LISTEN).isEmpty()) {
      server =
          server.withMetricsListen(
              ListenAddress.parse("metrics-listen", flags.get(METRICS_LISTEN)));
    }
    if (!flags.get(CLIENT_AUTHORITY).isEmpty()) {
      server = server.withClientAuthority(files.resolve(flags.get(CLIENT_AUTHORITY)));
    }
    WebhookOptions options =
        WebhookOptions.of(
                files.resolve(flags.get(ConfigFiles.CONFIG)),
                server,
                RegistriesFlags.options(flags, context))
            .withFeatures(said)
            .withCounted("/" + flags.get(COUNT));
    if (!flags.get(STATUS_LISTEN).isEmpty()) {
      options =
          options.withStatus(
              ListenAddress.parseLoopback("status-listen", flags.get(STATUS_LISTEN)),
              Set.copyOf(flags.get(STATUS_HOST)));
    }
    if (alerts.isPresent()) {
      options = options.withAlerts(alerts.get(), there(flags.get(ALERT_TEMPLATES), files));
    }
    if (!flags.get(REDIS).isEmpty()) {
      RedisOptions redis = SharedVerdicts.at(flags.get(REDIS));
      String authority = flags.get(REDIS_AUTHORITY);
      options =
          options.withRedis(
              authority.isEmpty()
                  ? redis
                  : redis.withAuthority(files.read(authority, ConfigFiles.MAX_BYTES)));
    }
    if (!flags.get(SELF_ISSUED).isEmpty()) {
      options =
          options.withIssued(
              IssuedOptions.parse(
                  flags.get(SELF_ISSUED),
                  flags.get(TLS_NAMES),
                  flags.get(REGISTRATIONS),
                  flags.get(OVERLAP)));
    }
    return flags.get(KUBECONFIG).isEmpty()
        ? options
        : options.withKubeconfig(files.resolve(flags.get(KUBECONFIG)));
  }

  private static Optional<Path> there(String name, WorkingFiles files)
      throws ConfigurationException {
    Path path = files.resolve(name);
    return Files.exists(path) ? Optional.of(path) : Optional.empty();
  }

  /** As the configuration says at the start; it is read once more with everything else. */
  private static JsonLog log(WebhookOptions options, FeatureSettings said, CommandContext context)
      throws ConfigurationException {
    AdmissionConfig config = ConfigFiles.load(options.config().toString(), context.files());
    FeatureSettings settings = said.orElse(config.features());
    return new JsonLog(
        JsonLog.Level.named(settings.logLevel().orElse("info")),
        !settings.logFormat().orElse("json-pretty").equals("json"),
        InstantSource.system(),
        context.err()::println);
  }
}
