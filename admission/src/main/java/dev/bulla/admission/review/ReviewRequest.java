package dev.bulla.admission.review;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.Optional;

/**
 * What the API server asks. Source: Kubernetes API reference, {@code AdmissionReview} of {@code
 * admission.k8s.io/v1}.
 *
 * @param apiVersion of the review, which the answer repeats
 * @param reviewKind of the review, which the answer repeats
 * @param uid which request this is; the answer repeats it
 * @param object the object as it would be stored
 * @param oldObject the object as it is stored; absent when it is new
 * @param dryRun whether nothing will be stored whatever the answer
 */
public record ReviewRequest(
    String apiVersion,
    String reviewKind,
    String uid,
    Kind kind,
    String operation,
    String namespace,
    Optional<JsonObject> object,
    Optional<JsonObject> oldObject,
    boolean dryRun) {

  /** A review can carry an object of the largest size that is stored, twice, and more around it. */
  public static final int MAX_BYTES = 8 << 20;

  /** Far more than two large objects have; each takes many times its bytes once it is parsed. */
  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(MAX_BYTES).withMaxValues(150_000);

  /**
   * The kind of an object.
   *
   * @param group empty for the core group
   */
  public record Kind(String group, String name) {}

  /**
   * Reads a review.
   *
   * @throws MalformedInputException {@code received invalid json: …} or {@code received empty
   *     admission request}
   */
  public static ReviewRequest parse(Bytes body) throws MalformedInputException {
    JsonObject review;
    try {
      review = JsonParser.parseObject(body, "admission review", LIMITS);
    } catch (MalformedInputException e) {
      throw MalformedInputException.verbatim("received invalid json: " + e.message());
    }
    if (!(review.get("request").orElse(JsonNull.INSTANCE) instanceof JsonObject request)) {
      throw MalformedInputException.verbatim("received empty admission request");
    }
    JsonObject kind = object(request, "kind").orElse(JsonObject.EMPTY);
    return new ReviewRequest(
        text(review, "apiVersion"),
        text(review, "kind"),
        text(request, "uid"),
        new Kind(text(kind, "group"), text(kind, "kind")),
        text(request, "operation"),
        text(request, "namespace"),
        object(request, "object"),
        object(request, "oldObject"),
        request.get("dryRun").orElse(JsonBoolean.FALSE).equals(JsonBoolean.TRUE));
  }

  private static String text(JsonObject in, String name) throws MalformedInputException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonString string) {
      return string.value();
    }
    if (value instanceof JsonNull) {
      return "";
    }
    throw wrongType(name);
  }

  private static Optional<JsonObject> object(JsonObject in, String name)
      throws MalformedInputException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonObject found) {
      return Optional.of(found);
    }
    if (value instanceof JsonNull) {
      return Optional.empty();
    }
    throw wrongType(name);
  }

  private static MalformedInputException wrongType(String name) {
    return MalformedInputException.verbatim(
        "received invalid json: \"" + name + "\" is of another type");
  }
}
