package dev.bulla.admission.decide;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.decide.Decision.Category;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Decides about requests. All images of one are looked at side by side, each distinct one once, and
 * what cannot be decided in time is denied.
 *
 * <p>Thread-safe when its verifier is.
 */
public final class Decider {

  /** Operations that store objects. */
  private static final Set<String> SEEN = Set.of("CREATE", "UPDATE");

  /** Operations that start nothing. */
  private static final Set<String> UNSEEN = Set.of("DELETE", "CONNECT");

  /** Images of one request that are looked at at once: the others wait, and not in other lines. */
  private static final int LOOKS = 16;

  private final AdmissionConfig config;
  private final Features features;
  private final ImageVerifier verifier;
  private final OwnerImages owners;
  private final InstantSource clock;
  private final Consumer<Throwable> failures;
  private final PodSecrets secrets;

  /** Without owners: child approval has no effect. */
  public Decider(
      AdmissionConfig config, Features features, ImageVerifier verifier, InstantSource clock) {
    this(config, features, verifier, OwnerImages.NONE, clock);
  }

  /**
   * @param owners asked at most once for each request
   */
  public Decider(
      AdmissionConfig config,
      Features features,
      ImageVerifier verifier,
      OwnerImages owners,
      InstantSource clock) {
    this(config, features, verifier, owners, clock, failure -> {});
  }

  /**
   * Creates one that tells of its own mistakes.
   *
   * @param owners asked at most once for each request
   * @param failures told what went wrong inside while deciding; the image is denied
   */
  public Decider(
      AdmissionConfig config,
      Features features,
      ImageVerifier verifier,
      OwnerImages owners,
      InstantSource clock,
      Consumer<Throwable> failures) {
    this(config, features, verifier, owners, clock, failures, PodSecrets.NONE);
  }

  private Decider(
      AdmissionConfig config,
      Features features,
      ImageVerifier verifier,
      OwnerImages owners,
      InstantSource clock,
      Consumer<Throwable> failures,
      PodSecrets secrets) {
    this.config = config;
    this.features = features;
    this.verifier = verifier;
    this.owners = owners;
    this.clock = clock;
    this.failures = failures;
    this.secrets = secrets;
  }

  /**
   * The same, for validators that log in with what pods are pulled with.
   *
   * @param source asked at most once for each request, and only when such a validator is needed
   */
  public Decider withPodSecrets(PodSecrets source) {
    return new Decider(config, features, verifier, owners, clock, failures, source);
  }

  /**
   * Decides about a request.
   *
   * @param within how long that may take
   */
  public Decision decide(ReviewRequest request, Duration within) throws InterruptedException {
    return decide(request, within, false);
  }

  /**
   * Decides about an object that will not be changed any more: what {@link #decide} would have
   * pinned has to be pinned already, or whoever came after it has put it there.
   */
  public Decision validate(ReviewRequest request, Duration within) throws InterruptedException {
    return decide(request, within, true);
  }

  /** The decision with a denial in place of its answer, as far as the features let it be one. */
  public Decision denied(ReviewRequest request, Decision decision, String why) {
    return new Decision(
        relaxed(request, ReviewAnswer.denied(why)), decision.images(), decision.category());
  }

  private Decision decide(ReviewRequest request, Duration within, boolean last)
      throws InterruptedException {
    String operation = request.operation();
    if (UNSEEN.contains(operation)) {
      return new Decision(ReviewAnswer.allowed(), List.of(), Category.SKIP);
    }
    if (!SEEN.contains(operation)) {
      // nobody knows what it would store
      return new Decision(
          relaxed(request, ReviewAnswer.denied("unknown operation " + Quoted.text(operation))),
          List.of(),
          Category.INVALID);
    }
    Workload workload;
    Optional<Workload> before;
    try {
      before = old(request);
      if (before.isPresent() && before.get().deleting()) {
        // or its finalizers could never be taken off
        return new Decision(ReviewAnswer.allowed(), List.of(), Category.SUCCESS);
      }
      Workload whole = workload(request);
      workload = before.map(was -> whole.changeableBy(request, was)).orElse(whole);
    } catch (MalformedInputException e) {
      return new Decision(
          relaxed(request, ReviewAnswer.denied(e.message())), List.of(), Category.INVALID);
    }
    Instant deadline = clock.instant().plus(within);
    FutureTask<Map<String, Digest>> owned = new FutureTask<>(() -> owners.of(request, deadline));
    FutureTask<PullSecrets> pulls = new FutureTask<>(() -> secrets.of(request, workload, deadline));
    ImageDecider.Asked asked =
        new ImageDecider.Asked(
            names(before), owned, pulls, deadline, request.dryRun(), new Semaphore(LOOKS));
    List<ImageDecision> images = images(workload.placesByImage().keySet(), asked);
    DecidedImages together = new DecidedImages(images);
    ReviewAnswer answer = together.answer(request, workload);
    Category category = together.category();
    if (last && !answer.changes().isEmpty()) {
      if (!exempt(request)) {
        return decided(request, unpinned(workload, answer), images, Category.DENIED);
      }
      answer = answer.withoutChanges();
    }
    return decided(request, answer, images, category);
  }

  /** The end of every decision about images, of which the owners' book is told. */
  private Decision decided(
      ReviewRequest request, ReviewAnswer answer, List<ImageDecision> images, Category category) {
    Decision decision = new Decision(relaxed(request, answer), images, category);
    owners.decided(request, decision);
    return decision;
  }

  private static ReviewAnswer unpinned(Workload workload, ReviewAnswer answer) {
    ReviewAnswer.Change change = answer.changes().get(0);
    String named = "";
    for (Workload.Place place : workload.images()) {
      if (place.pointer().equals(change.pointer())) {
        named = place.image();
      }
    }
    int more = answer.changes().size() - 1;
    return ReviewAnswer.denied(
        "image "
            + Quoted.plain(named)
            + " at "
            + change.pointer()
            + " is not pinned to the digest that was verified, "
            + change.value()
            + ": it was added or changed after the mutating webhook"
            + (more == 0 ? "" : " (+" + more + " more)"));
  }

  private static Optional<Workload> old(ReviewRequest request) throws MalformedInputException {
    if (!request.operation().equals("UPDATE") || request.oldObject().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Workload.parse(request.kind(), request.oldObject().get()));
    } catch (MalformedInputException e) {
      throw MalformedInputException.verbatim("error decoding old workload object: " + e.message());
    }
  }

  private static Workload workload(ReviewRequest request) throws MalformedInputException {
    if (request.object().isEmpty()) {
      throw MalformedInputException.verbatim(
          "error decoding new workload object: the request has no object");
    }
    try {
      return Workload.parse(request.kind(), request.object().get());
    } catch (MalformedInputException e) {
      throw MalformedInputException.verbatim("error decoding new workload object: " + e.message());
    }
  }

  private static Set<String> names(Optional<Workload> workload) {
    Set<String> names = new HashSet<>();
    workload.ifPresent(found -> found.images().forEach(place -> names.add(place.image())));
    return names;
  }

  /** In the order of the names, whoever was first to answer. */
  private List<ImageDecision> images(Set<String> names, ImageDecider.Asked asked)
      throws InterruptedException {
    ImageDecider decider = new ImageDecider(config, features, verifier);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<ImageDecision>> answers = new ArrayList<>();
      for (String name : names) {
        answers.add(threads.submit(() -> decider.decide(name, asked)));
      }
      List<ImageDecision> decisions = new ArrayList<>();
      int index = 0;
      for (String name : names) {
        decisions.add(answered(name, answers.get(index++), asked.deadline()));
      }
      return decisions;
    } finally {
      threads.shutdownNow();
    }
  }

  private ImageDecision answered(String name, Future<ImageDecision> answer, Instant deadline)
      throws InterruptedException {
    long left = Math.max(0, Duration.between(clock.instant(), deadline).toNanos());
    try {
      return answer.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new ImageDecision(
          name, Fate.TIMED_OUT, Optional.empty(), Optional.empty(), "not decided in time");
    } catch (ExecutionException e) {
      // whatever went wrong here, the image was not verified
      failures.accept(e.getCause() == null ? e : e.getCause());
      return new ImageDecision(
          name,
          Fate.FAILED,
          Optional.empty(),
          Optional.empty(),
          "internal error while deciding about image " + Quoted.plain(name));
    }
  }

  /** What the features make of an answer. */
  private ReviewAnswer relaxed(ReviewRequest request, ReviewAnswer answer) {
    if (exempt(request)) {
      return answer.insteadWarning("pod-only validation active").withoutChanges();
    }
    return features.detectionMode() ? answer.insteadWarning("detection mode active") : answer;
  }

  private boolean exempt(ReviewRequest request) {
    return features.podsOnly() && !request.kind().equals(new ReviewRequest.Kind("", "Pod"));
  }
}
