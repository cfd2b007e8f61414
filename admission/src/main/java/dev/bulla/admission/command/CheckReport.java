package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.decide.PodSecrets;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.admission.review.Workload;
import dev.bulla.error.BullaException;
import dev.bulla.error.ErrorCode;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the webhook would answer about objects, were each created now. */
final class CheckReport {

  private static final Set<String> KINDS =
      Set.of(
          "/Pod",
          "/ReplicationController",
          "apps/Deployment",
          "apps/ReplicaSet",
          "apps/DaemonSet",
          "apps/StatefulSet",
          "batch/Job",
          "batch/CronJob");

  private final Decider decider;
  private final ImagesOnce images;
  private final Duration patience;

  CheckReport(
      AdmissionConfig config,
      Features features,
      ImageVerifier verifier,
      PodSecrets secrets,
      InstantSource clock,
      Duration patience) {
    this.images = new ImagesOnce(config, verifier, clock, patience);
    this.decider = new Decider(config, features, images, clock).withPodSecrets(secrets);
    this.patience = patience;
  }

  /**
   * The answer about one object.
   *
   * @param kind {@code Deployment}
   * @param name {@code namespace/name}
   */
  record Answer(String kind, String name, Decision decision) {

    boolean admitted() {
      return decision.answer().isAllowed();
    }

    String result() {
      if (!admitted()) {
        List<ImageDecision> reasons =
            decision.images().stream().filter(image -> image.admitted().isEmpty()).toList();
        return !reasons.isEmpty() && reasons.stream().allMatch(CheckReport::isUndecided)
            ? "undecided"
            : "denied";
      }
      return decision.answer().warnings().isEmpty() ? "admitted" : "warned";
    }

    JsonObject json() {
      List<JsonValue> images = new ArrayList<>();
      for (ImageDecision image : decision.images()) {
        images.add(
            JsonObject.builder()
                .put("image", image.image())
                .put("admitted", image.admitted().isPresent())
                .put("as", image.admitted().map(name -> name.toString()).orElse(""))
                .put("rule", image.rule().map(rule -> rule.pattern()).orElse(""))
                .put("message", image.message())
                .build());
      }
      return JsonObject.builder()
          .put("kind", kind)
          .put("name", name)
          .put("result", result())
          .put("message", decision.answer().denial().orElse(""))
          .put("images", JsonArray.of(images))
          .build();
    }
  }

  /** Whether it is denied because nobody could look, and for nothing that was seen. */
  static boolean isUndecided(ImageDecision image) {
    return image.fate() == ImageDecision.Fate.TIMED_OUT
        || image
            .failure()
            .map(BullaException::code)
            .filter(code -> code == ErrorCode.REGISTRY || code == ErrorCode.UNDECIDED)
            .isPresent();
  }

  /**
   * What the webhook would answer, in the order of the objects, leaving out those that it is not
   * asked about. Each distinct image is looked at once, before the first answer.
   */
  List<Answer> of(List<JsonObject> objects, ImagesOnce.Watcher watcher)
      throws InterruptedException {
    List<ReviewRequest> requests = new ArrayList<>();
    Set<String> named = new LinkedHashSet<>();
    for (JsonObject object : objects) {
      Optional<ReviewRequest> request = request(object);
      request.ifPresent(requests::add);
      request.ifPresent(asked -> named.addAll(images(asked.kind(), object)));
    }
    images.lookAt(named, watcher);
    List<Answer> answers = new ArrayList<>();
    for (ReviewRequest request : requests) {
      answers.add(
          new Answer(request.kind().name(), name(request), decider.decide(request, patience)));
    }
    return answers;
  }

  private static Set<String> images(ReviewRequest.Kind kind, JsonObject object) {
    try {
      return Workload.parse(kind, object).placesByImage().keySet();
    } catch (MalformedInputException e) {
      return Set.of(); // the answer about the object says so
    }
  }

  private static Optional<ReviewRequest> request(JsonObject object) {
    String version = text(object, "apiVersion");
    String name = text(object, "kind");
    int slash = version.indexOf('/');
    ReviewRequest.Kind kind =
        new ReviewRequest.Kind(slash < 0 ? "" : version.substring(0, slash), name);
    if (!KINDS.contains(kind.group() + "/" + kind.name())) {
      return Optional.empty();
    }
    return Optional.of(
        new ReviewRequest(
            "admission.k8s.io/v1",
            "AdmissionReview",
            "check",
            kind,
            "CREATE",
            "",
            text(metadata(object), "namespace"),
            ReviewRequest.User.NONE,
            Optional.of(object),
            Optional.empty(),
            true));
  }

  private static String name(ReviewRequest request) {
    JsonObject metadata = metadata(request.object().orElse(JsonObject.EMPTY));
    String called = text(metadata, "name");
    return Quoted.plain(
        (request.namespace().isEmpty() ? "" : request.namespace() + "/")
            + (called.isEmpty() ? text(metadata, "generateName") : called));
  }

  private static JsonObject metadata(JsonObject object) {
    return object.get("metadata").orElse(JsonNull.INSTANCE) instanceof JsonObject found
        ? found
        : JsonObject.EMPTY;
  }

  private static String text(JsonObject in, String name) {
    return in.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text ? text.value() : "";
  }
}
