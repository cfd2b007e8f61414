package dev.bulla.admission.metrics;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.decide.ImageVerdict;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PullLogin;
import dev.bulla.admission.decide.PullSecrets;
import dev.bulla.admission.image.ImageName;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** What the webhook counts about its requests. Thread-safe. */
public final class Metrics {

  public static final String MUTATE = "/mutate";
  public static final String VALIDATE = "/validate";

  private static final String TYPE = "type";
  private static final String NAME = "validator_name";

  private final MetricRegistry registry = new MetricRegistry();

  private final Counter requests =
      registry.counter("connaisseur_requests_total", "Reviews asked for, malformed ones included.");
  private final Counter admitted =
      registry.counter("connaisseur_requests_admitted_total", "Requests that were let through.");
  private final Counter denied =
      registry.counter(
          "connaisseur_requests_denied_total", "Requests that were denied.", "timeout");
  private final Counter validations =
      registry.counter(
          "connaisseur_validations_total", "Distinct images decided about.", TYPE, NAME, "result");
  private final Counter successful =
      registry.counter("connaisseur_validations_successful_total", "Images admitted.", TYPE, NAME);
  private final Counter failed =
      registry.counter("connaisseur_validations_failed_total", "Images denied.", TYPE, NAME);
  private final Counter skipped =
      registry.counter(
          "connaisseur_validations_skipped_total",
          "Images decided about without a look at their signatures.",
          TYPE,
          NAME,
          "reason");
  private final Counter timeouted =
      registry.counter(
          "connaisseur_validations_timeouted_total", "Images not decided in time.", TYPE, NAME);
  private final Durations requestTimes =
      registry.durations(
          "connaisseur_request_duration_seconds", "How long requests took.", "allowed");
  private final Durations validationTimes =
      registry.durations(
          "connaisseur_validation_duration_seconds",
          "How long verdicts about signatures took.",
          TYPE,
          NAME,
          "result");
  private final Counter reviews =
      registry.counter(
          "bulla_admission_reviews_total", "Reviews answered.", "path", "outcome", "dry_run");
  private final Counter http =
      registry.counter("bulla_admission_http_requests_total", "HTTP answers.", "path", "code");
  private final Counter reloads =
      registry.counter(
          "bulla_admission_reloads_total",
          "Files that changed while running, and whether what they said then was taken.",
          "what",
          "result");
  private final Counter stale =
      registry.counter(
          "bulla_admission_stale_total",
          "Images admitted by an older verdict since none could be had now.",
          NAME);
  private final Counter alerts =
      registry.counter("bulla_admission_alerts_total", "Alerts sent.", "category", "result");

  /** Whether the last change of files was not taken, by what they are about. */
  private final Map<String, Boolean> failing = new ConcurrentSkipListMap<>();

  private final RegistryMetrics registries = new RegistryMetrics(registry);
  private final String counted;

  /** With the reviews of {@code /mutate} as those that count. */
  public Metrics() {
    this(MUTATE);
  }

  /**
   * @param counted the path whose reviews {@code connaisseur_*} counts, {@link #MUTATE} or {@link
   *     #VALIDATE}. One of them, since where both are registered both are asked about one object
   */
  public Metrics(String counted) {
    this.counted = counted;
    Runtime runtime = Runtime.getRuntime();
    registry.gauge(
        "bulla_admission_heap_used_bytes",
        "Java heap in use, garbage included.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    registry.gauge(
        "bulla_admission_heap_max_bytes", "Java heap at most.", () -> (double) runtime.maxMemory());
    registry.gauges(
        "bulla_admission_reload_failing",
        "1 while files that changed are not used since they have a mistake.",
        "what",
        () ->
            failing.entrySet().stream()
                .map(entry -> new MetricRegistry.Sample(entry.getKey(), entry.getValue() ? 1 : 0))
                .toList());
    JvmMetrics.addTo(registry);
  }

  /** Whether reviews of this path are those that count. */
  public boolean counts(String path) {
    return path.equals(counted);
  }

  /** Where other parts add theirs. */
  public MetricRegistry registry() {
    return registry;
  }

  /** What calls of registries are counted by. */
  public RegistryMetrics registries() {
    return registries;
  }

  /**
   * A review was asked for.
   *
   * @param path one of the server's own
   */
  public void called(String path) {
    if (counts(path)) {
      requests.increment();
    }
  }

  /**
   * An HTTP request was answered.
   *
   * @param path one of the server's own, never what the client spelled
   */
  public void answered(String path, int status) {
    http.increment(path, Integer.toString(status));
  }

  /**
   * A review was answered.
   *
   * @param path one of the server's own
   */
  public void reviewed(String path, Decision decision, boolean dryRun, Duration took) {
    boolean allowed = decision.answer().isAllowed();
    reviews.increment(path, allowed ? "allowed" : "denied", Boolean.toString(dryRun));
    if (!counts(path)) {
      return;
    }
    requestTimes.observe(took, Boolean.toString(allowed));
    if (allowed) {
      admitted.increment();
    } else {
      denied.increment(Boolean.toString(decision.category() == Decision.Category.TIMEOUT));
    }
    decision.images().forEach(this::validated);
  }

  private void validated(ImageDecision image) {
    String type = image.rule().map(Metrics::type).orElse("unknown");
    String name = image.rule().map(rule -> rule.validator().name()).orElse("");
    if (image.admitted().isPresent()) {
      validations.increment(type, name, "success");
      successful.increment(type, name);
    } else {
      validations.increment(type, name, "error");
      failed.increment(type, name);
    }
    if (image.fate() == Fate.TIMED_OUT) {
      timeouted.increment(type, name);
    }
    skipReason(image).ifPresent(reason -> skipped.increment(type, name, reason));
    if (image.source().equals(Optional.of(ImageVerdict.Source.STALE))) {
      stale.increment(name);
    }
  }

  private static String type(RuleConfig rule) {
    return rule.validator() instanceof ValidatorConfig.Static ? "static" : "cosign";
  }

  private static Optional<String> skipReason(ImageDecision image) {
    if (image.fate() == Fate.UNCHANGED) {
      return Optional.of("unchanged image reference");
    }
    if (image.fate() == Fate.CHILD) {
      return Optional.of("automatic approval of child image reference");
    }
    return image.source().filter(s -> s != ImageVerdict.Source.LOOKED).map(s -> "cache hit");
  }

  /**
   * Files changed while running.
   *
   * @param what which, from a closed set
   * @param taken whether their content is used now
   */
  public void reloaded(String what, boolean taken) {
    reloads.increment(what, taken ? "taken" : "kept_last");
    failing.put(what, !taken);
  }

  /**
   * An alert went out or did not.
   *
   * @param category {@code admit} or {@code reject}
   */
  public void alerted(String category, boolean arrived) {
    alerts.increment(category, arrived ? "success" : "error");
  }

  /** The same verifier, with the time it takes measured. */
  public ImageVerifier measured(ImageVerifier verifier) {
    return new Measured(verifier);
  }

  private final class Measured implements ImageVerifier {
    private final ImageVerifier verifier;

    Measured(ImageVerifier verifier) {
      this.verifier = verifier;
    }

    @Override
    public ImageVerifier with(PullLogin login) {
      return login.isOwn() ? this : new Measured(verifier.with(login));
    }

    @Override
    public Digest verify(ImageName image, RuleConfig rule, Instant deadline) throws BullaException {
      ImageVerdict verdict = judge(image, rule, deadline, false);
      if (verdict.failure().isPresent()) {
        throw verdict.failure().get();
      }
      return verdict.digest().orElseThrow();
    }

    @Override
    public ImageVerdict judge(ImageName image, RuleConfig rule, Instant deadline, boolean dryRun) {
      return timed(rule, () -> verifier.judge(image, rule, deadline, dryRun));
    }

    /** All logins that it takes are one validation. */
    @Override
    public ImageVerdict judge(
        ImageName image, RuleConfig rule, PullSecrets pulls, Instant deadline, boolean dryRun) {
      return timed(rule, () -> verifier.judge(image, rule, pulls, deadline, dryRun));
    }

    private ImageVerdict timed(RuleConfig rule, Supplier<ImageVerdict> judging) {
      long start = System.nanoTime();
      ImageVerdict verdict = judging.get();
      validationTimes.observe(
          Duration.ofNanos(System.nanoTime() - start),
          type(rule),
          rule.validator().name(),
          verdict.digest().isPresent() ? "success" : "error");
      return verdict;
    }
  }
}
