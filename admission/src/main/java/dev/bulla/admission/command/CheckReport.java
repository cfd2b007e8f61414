package dev.bulla.admission.command;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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
  private final Duration patience;

  CheckReport(
      AdmissionConfig config,
      Features features,
      ImageVerifier verifier,
      InstantSource clock,
      Duration patience) {
    this.decider = new Decider(config, features, verifier, clock);
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
        return "denied";
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

  /** What the webhook would answer; empty for objects that it is not asked about. */
  Optional<Answer> of(JsonObject object) throws InterruptedException {
    String version = text(object, "apiVersion");
    String name = text(object, "kind");
    int slash = version.indexOf('/');
    ReviewRequest.Kind kind =
        new ReviewRequest.Kind(slash < 0 ? "" : version.substring(0, slash), name);
    if (!KINDS.contains(kind.group() + "/" + kind.name())) {
      return Optional.empty();
    }
    JsonObject metadata =
        object.get("metadata").orElse(JsonNull.INSTANCE) instanceof JsonObject found
            ? found
            : JsonObject.EMPTY;
    String namespace = text(metadata, "namespace");
    String called = text(metadata, "name");
    ReviewRequest request =
        new ReviewRequest(
            "admission.k8s.io/v1",
            "AdmissionReview",
            "check",
            kind,
            "CREATE",
            "",
            namespace,
            ReviewRequest.User.NONE,
            Optional.of(object),
            Optional.empty(),
            true);
    return Optional.of(
        new Answer(
            name,
            Quoted.plain(
                (namespace.isEmpty() ? "" : namespace + "/")
                    + (called.isEmpty() ? text(metadata, "generateName") : called)),
            decider.decide(request, patience)));
  }

  private static String text(JsonObject in, String name) {
    return in.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text ? text.value() : "";
  }
}
