package dev.bulla.admission.cluster;

import dev.bulla.admission.decide.PodSecrets;
import dev.bulla.admission.decide.PullSecrets;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What pods may pull with, as the API server has it now: the secrets that the pod names, then those
 * of its service account, in the namespace of the request. Single objects are read by their names,
 * for each review anew, so that a secret that was replaced is used at once. Thread-safe.
 */
public final class ClusterPullSecrets implements PodSecrets {

  /** Secrets of one object; the others are left out. */
  static final int MAX_SECRETS = 8;

  /** Objects that are read at the same time, for all reviews. */
  private static final int AT_ONCE = 32;

  /** What is left after that belongs to the registry. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final Bytes key;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private final Semaphore reading = new Semaphore(AT_ONCE);

  /**
   * Reads nothing yet.
   *
   * @param key by which credentials get a name that tells nothing about them; at least 16 bytes,
   *     the same for processes that are to share verdicts
   * @param notices takes one line of text for each review with something that could not be read
   */
  public ClusterPullSecrets(
      Cluster cluster, Bytes key, InstantSource clock, Consumer<String> notices) {
    this.cluster = cluster;
    this.key = key;
    this.clock = clock;
    this.notices = notices;
  }

  /** What became of the secrets of one review. */
  private static final class Reading {
    final List<PullSecrets.Secret> secrets = new ArrayList<>();
    final List<String> missing = new ArrayList<>();
    final List<String> unread = new ArrayList<>();
  }

  @Override
  public PullSecrets of(ReviewRequest request, Workload workload, Instant deadline)
      throws InterruptedException {
    String namespace = request.namespace();
    Reading reading = new Reading();
    if (ObjectName.isOne(namespace)) {
      read(namespace, workload.pulls(), until(deadline), reading);
    } else {
      reading.unread.add("pull secrets were not looked for: the object names no namespace");
    }
    if (!reading.missing.isEmpty() || !reading.unread.isEmpty()) {
      notices.accept(notice(namespace, reading));
    }
    PullSecrets found = PullSecrets.of(reading.secrets, reading.missing, key);
    for (String why : reading.unread) {
      found = found.withUnread(why);
    }
    return found;
  }

  private Instant until(Instant deadline) {
    Instant now = clock.instant();
    Duration half = Duration.between(now, deadline).dividedBy(2);
    return now.plus(half.compareTo(PATIENCE) < 0 ? half : PATIENCE);
  }

  private static String notice(String namespace, Reading reading) {
    List<String> parts = new ArrayList<>();
    if (!reading.missing.isEmpty()) {
      parts.add(
          "not there, or without credentials: "
              + String.join(", ", reading.missing.stream().map(Quoted::plain).toList()));
    }
    parts.addAll(reading.unread);
    return "pull secrets of namespace " + Quoted.plain(namespace) + ": " + String.join("; ", parts);
  }

  private void read(String namespace, Workload.Pulls pulls, Instant end, Reading reading)
      throws InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Future<Set<String>> ofAccount =
          threads.submit(limited(() -> ofAccount(namespace, pulls.serviceAccount())));
      Map<String, Future<Optional<PullSecrets.Secret>>> coming = new LinkedHashMap<>();
      Set<String> names = new LinkedHashSet<>(pulls.secrets());
      ask(namespace, names, coming, threads);
      String account = "the service account " + Quoted.plain(pulls.serviceAccount());
      Set<String> more = answer(ofAccount, account, end, reading).orElse(Set.of());
      names.addAll(more);
      ask(namespace, names, coming, threads);
      for (Map.Entry<String, Future<Optional<PullSecrets.Secret>>> one : coming.entrySet()) {
        Optional<Optional<PullSecrets.Secret>> read =
            answer(one.getValue(), "the pull secret " + Quoted.plain(one.getKey()), end, reading);
        if (read.isPresent()) {
          read.get().ifPresentOrElse(reading.secrets::add, () -> reading.missing.add(one.getKey()));
        }
      }
      if (names.size() > MAX_SECRETS) {
        reading.unread.add(
            names.size()
                + " pull secrets are named, of which the first "
                + MAX_SECRETS
                + " are looked at");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void ask(
      String namespace,
      Set<String> names,
      Map<String, Future<Optional<PullSecrets.Secret>>> coming,
      ExecutorService threads) {
    for (String name : names) {
      if (coming.size() < MAX_SECRETS && !coming.containsKey(name)) {
        coming.put(name, threads.submit(limited(() -> secret(namespace, name))));
      }
    }
  }

  private <T> Callable<T> limited(Callable<T> task) {
    return () -> {
      reading.acquire();
      try {
        return task.call();
      } finally {
        reading.release();
      }
    };
  }

  private <T> Optional<T> answer(Future<T> coming, String what, Instant end, Reading reading)
      throws InterruptedException {
    long left = Math.max(0, Duration.between(clock.instant(), end).toMillis());
    try {
      return Optional.of(coming.get(left, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      reading.unread.add(what + " could not be read: the API server did not answer in time");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof KeyException failure)) {
        throw new IllegalStateException("reading pull secrets failed", e.getCause());
      }
      reading.unread.add(what + " could not be read: " + reason(failure));
    }
    return Optional.empty();
  }

  private static String reason(KeyException failure) {
    return failure.problem() == KeyException.Problem.NOT_PERMITTED
        ? failure.message() + " (the chart's kubernetes.podPullSecrets.namespaces grants that)"
        : failure.message();
  }

  /** Names of a service account's own; none where there is no such account. */
  private Set<String> ofAccount(String namespace, String name) throws KeyException {
    Set<String> names = new LinkedHashSet<>();
    JsonObject account = object(namespace, "serviceaccounts", name).orElse(JsonObject.EMPTY);
    if (account.get("imagePullSecrets").orElse(JsonArray.EMPTY) instanceof JsonArray secrets) {
      for (JsonValue value : secrets.values()) {
        String secret = value instanceof JsonObject reference ? text(reference, "name") : "";
        if (!secret.isEmpty()) {
          names.add(secret);
        }
      }
    }
    return names;
  }

  private Optional<PullSecrets.Secret> secret(String namespace, String name) throws KeyException {
    return object(namespace, "secrets", name)
        .flatMap(PullSecretFormat::credentials)
        .map(credentials -> new PullSecrets.Secret(name, credentials));
  }

  /** One object; none where the name is none that objects can have. */
  private Optional<JsonObject> object(String namespace, String resource, String name)
      throws KeyException {
    return ObjectName.isOne(name)
        ? cluster.get(
            "/api/v1/namespaces/" + namespace + "/" + resource + "/" + name,
            "get on " + resource + " in namespace " + namespace)
        : Optional.empty();
  }

  private static String text(JsonObject in, String name) {
    return in.get(name).orElse(JsonObject.EMPTY) instanceof JsonString text ? text.value() : "";
  }
}
