package dev.bulla.fuzz;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reviews, from their bytes to the bytes of their answers, with a verifier that knows images by
 * their names: nothing is admitted that names an image which is not signed, found by another way
 * through the object than the webhook's; a patch names what was verified, and the object that comes
 * of it is admitted as it is.
 */
final class AdmissionReviewTarget {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Digest DIGEST = Digest.sha256(Bytes.utf8("signed"));

  private static final ImageVerifier VERIFIER =
      (image, rule, deadline) -> {
        if (isSigned(image)) {
          return DIGEST;
        }
        throw new VerificationException(
            Outcome.NO_SIGNATURE, "no signatures found", List.of(), null);
      };

  private static final Decider DECIDER =
      new Decider(config(), Features.NONE, VERIFIER, InstantSource.system());

  /** Where a pod is described in an object of each kind that has one. */
  private static final Map<String, String> PODS =
      Map.of(
          "/Pod", "spec",
          "/ReplicationController", "spec template spec",
          "apps/Deployment", "spec template spec",
          "apps/ReplicaSet", "spec template spec",
          "apps/DaemonSet", "spec template spec",
          "apps/StatefulSet", "spec template spec",
          "batch/Job", "spec template spec",
          "batch/CronJob", "spec jobTemplate spec template spec");

  private AdmissionReviewTarget() {}

  private static AdmissionConfig config() {
    try {
      return ConfigLoader.load(
          """
          validators:
          - {name: v, type: cosign, trustRoots: [{name: default, key: env://K}]}
          policy:
          - {pattern: '*:*', validator: v}
          """,
          "config.yaml");
    } catch (BullaException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isSigned(ImageName image) {
    return image.repository().path().endsWith("/signed")
        && image.digest().orElse(DIGEST).equals(DIGEST);
  }

  static boolean accepts(byte[] input) throws MalformedInputException, InterruptedException {
    Bytes body = Bytes.of(input);
    ReviewRequest review;
    try {
      review = ReviewRequest.parse(body);
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Check.that(review.weight() > 0, "a review weighs something");
    Decision mutated = DECIDER.decide(review, LONG);
    Decision validated = DECIDER.validate(review, LONG);
    answer(review, mutated.answer());
    answer(review, validated.answer());
    Check.that(validated.answer().changes().isEmpty(), "nothing is changed by who only validates");
    if (!Set.of("CREATE", "UPDATE").contains(review.operation())) {
      return mutated.answer().isAllowed();
    }
    JsonObject request = request(body);
    if (mutated.answer().isAllowed() && !isDeleting(review, request)) {
      admitted(review, request, mutated.answer(), validated.answer());
    }
    return mutated.answer().isAllowed();
  }

  private static JsonObject request(Bytes body) throws MalformedInputException {
    return (JsonObject) JsonParser.parseObject(body, "review").get("request").orElseThrow();
  }

  private static boolean isDeleting(ReviewRequest review, JsonObject request) {
    return review.operation().equals("UPDATE")
        && find(request, List.of("oldObject", "metadata", "deletionTimestamp")).isPresent();
  }

  private static void answer(ReviewRequest review, ReviewAnswer answer)
      throws MalformedInputException {
    answer.denial().ifPresent(Check::message);
    answer.warnings().forEach(Check::message);
    JsonObject json = JsonParser.parseObject(answer.toJson(review), "answer");
    JsonObject response = (JsonObject) json.get("response").orElseThrow();
    Check.equal(
        Optional.of(new JsonString(review.uid())), response.get("uid"), "the request's own answer");
    Check.equal(
        Optional.of(JsonBoolean.of(answer.isAllowed())), response.get("allowed"), "the answer");
    Check.equal(
        answer.isAllowed() && !answer.changes().isEmpty(),
        response.get("patch").isPresent(),
        "a patch where something changes");
    if (response.get("patch").isPresent()) {
      String patch = ((JsonString) response.get("patch").orElseThrow()).value();
      JsonArray operations =
          (JsonArray) JsonParser.parse(Base64Text.decode(patch, "patch"), "patch");
      Check.equal(answer.changes().size(), operations.size(), "one operation for each change");
    }
  }

  private static void admitted(
      ReviewRequest review, JsonObject request, ReviewAnswer mutated, ReviewAnswer validated)
      throws MalformedInputException {
    String kind = review.kind().group() + "/" + review.kind().name();
    Check.that(PODS.containsKey(kind), "an object of a kind that runs images");
    Map<String, String> images = images(kind, "object", request);
    Map<String, String> before =
        review.operation().equals("UPDATE") ? images(kind, "oldObject", request) : Map.of();
    Map<String, String> changes = new LinkedHashMap<>();
    mutated.changes().forEach(change -> changes.put(change.pointer(), change.value()));
    Check.equal(mutated.changes().size(), changes.size(), "one change for each place");
    Check.that(images.keySet().containsAll(changes.keySet()), "changes where images are named");
    Check.equal(changes.isEmpty(), validated.isAllowed(), "the final object is admitted as it is");
    for (Map.Entry<String, String> image : images.entrySet()) {
      if (!changes.containsKey(image.getKey())
          && image.getValue().equals(before.get(image.getKey()))) {
        continue; // the API server may leave it as it was
      }
      ImageName name = ImageName.parse(image.getValue());
      Check.that(isSigned(name), "an admitted image that is signed");
      String whole = name.withDigest(DIGEST).toString();
      if (changes.containsKey(image.getKey())) {
        Check.equal(whole, changes.get(image.getKey()), "pinned to what was verified");
      } else {
        Check.equal(DIGEST, name.digest().orElse(null), "what is not pinned was so before");
      }
      Check.equal(whole, ImageName.parse(whole).withDigest(DIGEST).toString(), "a name for good");
    }
  }

  /** Every image by where it is named, as RFC 6901 has it. */
  private static Map<String, String> images(String kind, String which, JsonObject request) {
    Map<String, String> images = new LinkedHashMap<>();
    List<String> path = new ArrayList<>(List.of(which));
    String pointer = "";
    for (String step : PODS.getOrDefault(kind, "").split(" ", -1)) {
      path.add(step);
      pointer += "/" + step;
    }
    for (String list : List.of("containers", "initContainers", "ephemeralContainers", "volumes")) {
      List<String> to = new ArrayList<>(path);
      to.add(list);
      if (find(request, to).orElse(JsonArray.EMPTY) instanceof JsonArray elements) {
        for (int i = 0; i < elements.size(); i++) {
          boolean volume = list.equals("volumes");
          Optional<JsonValue> image =
              find(
                  elements.values().get(i),
                  volume ? List.of("image", "reference") : List.of("image"));
          String at = pointer + "/" + list + "/" + i + (volume ? "/image/reference" : "/image");
          image
              .filter(value -> value instanceof JsonString text && !text.value().isEmpty())
              .ifPresent(value -> images.put(at, ((JsonString) value).value()));
        }
      }
    }
    return images;
  }

  private static Optional<JsonValue> find(JsonValue in, List<String> path) {
    Optional<JsonValue> found = Optional.of(in);
    for (String step : path) {
      found =
          found.flatMap(
              value -> value instanceof JsonObject object ? object.get(step) : Optional.empty());
    }
    return found;
  }
}
