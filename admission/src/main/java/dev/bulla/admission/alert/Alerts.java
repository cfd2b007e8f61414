package dev.bulla.admission.alert;

import dev.bulla.admission.config.AlertConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Decision.Category;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.metrics.Metrics;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.server.Announcer;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.registry.transport.HttpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells receivers what was decided, all of them side by side. Where one must be told, the answer
 * waits for it, and is a denial when that fails.
 */
public final class Alerts implements Announcer {

  /** Alerts that nobody waits for; more than these are dropped, and counted as not sent. */
  private static final int MAX_BACKGROUND = 500;

  private final String cluster;
  private final List<Recipient> admit;
  private final List<Recipient> reject;
  private final Surroundings surroundings;
  private final Semaphore background = new Semaphore(MAX_BACKGROUND);

  /**
   * What alerts need beside their configuration.
   *
   * @param pod what this replica is called in alerts
   * @param templates folder of the user's templates, which go before ours
   * @param secrets folder in which each secret is a folder of files
   * @param transport carries alerts; the caller closes it
   */
  public record Surroundings(
      String pod,
      Optional<Path> templates,
      Optional<Path> secrets,
      HttpTransport transport,
      Metrics metrics,
      JsonLog log,
      InstantSource clock) {}

  private Alerts(
      String cluster, List<Recipient> admit, List<Recipient> reject, Surroundings surroundings) {
    this.cluster = cluster;
    this.admit = List.copyOf(admit);
    this.reject = List.copyOf(reject);
    this.surroundings = surroundings;
  }

  /**
   * Alerts as configured.
   *
   * @throws BullaException when a template has a mistake, or a secret is missing
   */
  public static Alerts create(AlertConfig config, Surroundings surroundings) throws BullaException {
    return new Alerts(
        config.cluster(),
        recipients(config.admit(), surroundings),
        recipients(config.reject(), surroundings),
        surroundings);
  }

  private static List<Recipient> recipients(
      List<AlertConfig.Receiver> receivers, Surroundings surroundings) throws BullaException {
    List<Recipient> recipients = new ArrayList<>();
    for (AlertConfig.Receiver receiver : receivers) {
      recipients.add(Recipient.of(receiver, surroundings.templates(), surroundings.secrets()));
    }
    return recipients;
  }

  @Override
  public Optional<String> announce(ReviewRequest request, Decision decision, Duration within)
      throws InterruptedException {
    boolean admitted =
        decision.category() == Category.SUCCESS || decision.category() == Category.SKIP;
    String category = admitted ? "admit" : "reject";
    List<Recipient> recipients = admitted ? admit : reject;
    if (recipients.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = values(request, decision);
    Instant end = surroundings.clock().instant().plus(within);
    List<FutureTask<Optional<String>>> awaited = new ArrayList<>();
    for (Recipient recipient : recipients) {
      if (recipient.isMandatory()) {
        FutureTask<Optional<String>> task =
            new FutureTask<>(() -> told(recipient, category, values));
        Thread.ofVirtual().name("bulla-alert").start(task);
        awaited.add(task);
      } else {
        inBackground(recipient, category, values);
      }
    }
    List<Recipient> mandatory = recipients.stream().filter(Recipient::isMandatory).toList();
    return failure(mandatory, awaited, end, category);
  }

  private Optional<String> failure(
      List<Recipient> mandatory,
      List<FutureTask<Optional<String>>> awaited,
      Instant end,
      String category)
      throws InterruptedException {
    Optional<String> failure = Optional.empty();
    for (int i = 0; i < awaited.size(); i++) {
      String name = mandatory.get(i).name();
      long left = Math.max(0, surroundings.clock().instant().until(end, ChronoUnit.NANOS));
      Optional<String> why;
      try {
        why =
            awaited
                .get(i)
                .get(left, TimeUnit.NANOSECONDS)
                .map(text ->
                    "failed sending a notification for receiver "
                        + name
                        + " with FailOnError set: "
                        + text);
      } catch (TimeoutException e) {
        awaited.get(i).cancel(true);
        why =
            Optional.of(
                "timeout during handling of receiver "
                    + (i + 1)
                    + "/"
                    + awaited.size()
                    + " of "
                    + category
                    + " alerts");
      } catch (ExecutionException e) {
        why = Optional.of("internal error while telling receiver " + name);
      }
      failure = failure.isPresent() ? failure : why;
    }
    return failure;
  }

  private void inBackground(Recipient recipient, String category, Map<String, String> values) {
    if (!background.tryAcquire()) {
      surroundings.metrics().alerted(category, false);
      return;
    }
    FutureTask<Optional<String>> task =
        new FutureTask<>(() -> told(recipient, category, values)) {
          @Override
          protected void done() {
            background.release();
          }
        };
    Thread.ofVirtual().name("bulla-alert").start(task);
  }

  private Optional<String> told(Recipient recipient, String category, Map<String, String> values)
      throws InterruptedException {
    Optional<String> failure = recipient.tell(values, surroundings.transport());
    surroundings.metrics().alerted(category, failure.isEmpty());
    failure.ifPresent(
        why -> surroundings.log().error("alert for receiver " + recipient.name() + ": " + why));
    return failure;
  }

  private Map<String, String> values(ReviewRequest request, Decision decision) {
    return Map.of(
        "alert_message",
        message(request, decision),
        "connaisseur_pod_id",
        surroundings.pod(),
        "namespace",
        Quoted.plain(request.namespace()),
        "cluster",
        cluster,
        "timestamp",
        surroundings.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString(),
        "request_id",
        Quoted.plain(request.uid()),
        "images",
        String.join(
            ",",
            decision.images().stream()
                .map(ImageDecision::image)
                .map(image -> Quoted.plain(image))
                .toList()));
  }

  private static String message(ReviewRequest request, Decision decision) {
    String uid = Quoted.plain(request.uid());
    return switch (decision.category()) {
      case SUCCESS, SKIP -> "CONNAISSEUR admitted a request";
      case TIMEOUT -> "CONNAISSEUR validation timed out for admission request " + uid;
      case INVALID -> "CONNAISSEUR failed to parse admission request " + uid;
      case DENIED -> "CONNAISSEUR rejected a request: " + denial(decision);
    };
  }

  /** Also where a feature made a warning of it. */
  private static String denial(Decision decision) {
    List<String> warnings = decision.answer().warnings();
    return decision
        .answer()
        .denial()
        .orElse(warnings.isEmpty() ? "" : warnings.get(warnings.size() - 1));
  }
}
