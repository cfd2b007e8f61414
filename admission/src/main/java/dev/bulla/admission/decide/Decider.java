package dev.bulla.admission.decide;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.Decision.Category;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.VerificationException;
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
    Asked asked =
        new Asked(names(before), owned, pulls, deadline, request.dryRun(), new Semaphore(LOOKS));
    List<ImageDecision> images = images(workload.placesByImage().keySet(), asked);
    ReviewAnswer answer = answer(request, workload, images);
    Category category = category(images);
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

  /**
   * What is the same for all images of a request.
   *
   * @param before the images that the object had
   * @param owned the images of its owners; whoever needs them first runs it
   * @param pulls what its pods are pulled with, likewise
   * @param looks how many images may be looked at
   */
  private record Asked(
      Set<String> before,
      FutureTask<Map<String, Digest>> owned,
      FutureTask<PullSecrets> pulls,
      Instant deadline,
      boolean dryRun,
      Semaphore looks) {}

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
  private List<ImageDecision> images(Set<String> names, Asked asked) throws InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<ImageDecision>> answers = new ArrayList<>();
      for (String name : names) {
        answers.add(threads.submit(() -> image(name, asked)));
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

  private ImageDecision image(String text, Asked asked) throws InterruptedException {
    ImageName name;
    try {
      name = ImageName.parse(text);
    } catch (MalformedInputException e) {
      return failed(text, Optional.empty(), e.message());
    }
    Optional<RuleChoice.Chosen> chosen = config.choice().choose(name);
    if (chosen.isEmpty()) {
      return failed(text, Optional.empty(), "no matching rule");
    }
    RuleConfig rule = config.rules().get(chosen.get().index());
    if (rule.validator() instanceof ValidatorConfig.Static validator) {
      return validator.approve()
          ? new ImageDecision(
              text, Fate.STATIC_ALLOW, Optional.of(rule), Optional.of(name), "static allow")
          : new ImageDecision(
              text,
              Fate.STATIC_DENY,
              Optional.of(rule),
              Optional.empty(),
              "static deny for image "
                  + Quoted.plain(text)
                  + " using rule "
                  + Quoted.plain(rule.pattern()));
    }
    if (features.unchangedApproval() && asked.before().contains(text)) {
      return new ImageDecision(
          text, Fate.UNCHANGED, Optional.of(rule), Optional.of(name), "unchanged image reference");
    }
    if (features.childApproval() && !features.podsOnly() && isOwned(text, name, asked)) {
      return new ImageDecision(
          text,
          Fate.CHILD,
          Optional.of(rule),
          Optional.of(name),
          "automatic approval of child image reference");
    }
    asked.looks().acquire();
    try {
      return judged(text, name, rule, verdict(name, rule, asked));
    } finally {
      asked.looks().release();
    }
  }

  private ImageVerdict verdict(ImageName name, RuleConfig rule, Asked asked)
      throws InterruptedException {
    if (!(rule.validator() instanceof ValidatorConfig.Cosign cosign)
        || !cosign.usesPodPullSecrets()) {
      return verifier.judge(name, rule, asked.deadline(), asked.dryRun());
    }
    asked.pulls().run();
    try {
      return verifier.judge(name, rule, asked.pulls().get(), asked.deadline(), asked.dryRun());
    } catch (ExecutionException e) {
      throw new IllegalStateException("pull secrets could not be looked for", e.getCause());
    }
  }

  /** An image with a digest of its own is the owner's only when that is the digest. */
  private static boolean isOwned(String text, ImageName name, Asked asked)
      throws InterruptedException {
    asked.owned().run();
    try {
      Digest digest = asked.owned().get().get(text);
      return digest != null && name.digest().orElse(digest).equals(digest);
    } catch (ExecutionException e) {
      // nobody knows what the owner was admitted with: its signatures decide
      return false;
    }
  }

  private static ImageDecision judged(
      String text, ImageName name, RuleConfig rule, ImageVerdict verdict) {
    return new ImageDecision(
        text,
        verdict.digest().isPresent() ? Fate.VERIFIED : Fate.FAILED,
        Optional.of(rule),
        verdict.digest().map(name::withDigest),
        verdict.failure().map(e -> denial(text, name, rule, e)).orElse("verified"),
        Optional.of(verdict.source()),
        verdict.failure());
  }

  /** With what the person who is denied can look at next, where signatures are what is wrong. */
  private static String denial(String text, ImageName name, RuleConfig rule, BullaException e) {
    String message =
        "error during cosign validation of image " + Quoted.plain(text) + ": " + e.message();
    return e instanceof VerificationException
        ? message
            + "; rule "
            + Quoted.text(rule.pattern())
            + ", more: bulla tree "
            + Quoted.plain(name.toString())
        : message;
  }

  private static ImageDecision failed(String text, Optional<RuleConfig> rule, String message) {
    return new ImageDecision(text, Fate.FAILED, rule, Optional.empty(), message);
  }

  private static ReviewAnswer answer(
      ReviewRequest request, Workload workload, List<ImageDecision> images) {
    int timedOut = 0;
    List<String> denials = new ArrayList<>();
    List<ReviewAnswer.Change> changes = new ArrayList<>();
    Map<String, List<Workload.Place>> places = workload.placesByImage();
    for (ImageDecision image : images) {
      if (image.fate() == Fate.TIMED_OUT) {
        timedOut++;
      } else if (!image.isAdmitted()) {
        denials.add(image.message());
      } else if (image.fate() == Fate.VERIFIED
          && image.rule().orElseThrow().mode() == RuleConfig.Mode.MUTATE) {
        changes.addAll(changes(image, places.getOrDefault(image.image(), List.of())));
      }
    }
    if (!denials.isEmpty()) {
      int more = denials.size() - 1 + timedOut;
      return ReviewAnswer.denied(denials.get(0) + (more == 0 ? "" : " (+" + more + " more)"));
    }
    if (timedOut > 0) {
      return ReviewAnswer.denied(
          "validation of admission request "
              + Quoted.plain(request.uid())
              + " timed out after validating "
              + (images.size() - timedOut)
              + "/"
              + images.size()
              + " images");
    }
    return ReviewAnswer.allowed(changes);
  }

  private static List<ReviewAnswer.Change> changes(
      ImageDecision image, List<Workload.Place> places) {
    String pinned = image.admitted().orElseThrow().toString();
    try {
      if (pinned.equals(ImageName.parse(image.image()).toString())) {
        return List.of();
      }
    } catch (MalformedInputException e) {
      throw new IllegalStateException("an admitted image has no name", e);
    }
    return places.stream().map(place -> new ReviewAnswer.Change(place.pointer(), pinned)).toList();
  }

  private static Category category(List<ImageDecision> images) {
    Category category = Category.SKIP;
    for (ImageDecision image : images) {
      if (image.fate() == Fate.TIMED_OUT && category != Category.DENIED) {
        category = Category.TIMEOUT;
      } else if (image.fate() != Fate.TIMED_OUT && !image.isAdmitted()) {
        category = Category.DENIED;
      } else if (image.fate() != Fate.UNCHANGED
          && image.fate() != Fate.CHILD
          && category == Category.SKIP) {
        category = Category.SUCCESS;
      }
    }
    return category;
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
