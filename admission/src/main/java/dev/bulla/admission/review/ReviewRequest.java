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
 * @param subResource the part of the object that is written, as in {@code ephemeralcontainers};
 *     empty for the object itself
 * @param user who asks for it, as the API server knows them
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
    String subResource,
    String namespace,
    User user,
    Optional<JsonObject> object,
    Optional<JsonObject> oldObject,
    boolean dryRun) {

  /** A review can carry an object of the largest size that is stored, twice, and more around it. */
  public static final int MAX_BYTES = 8 << 20;

  /** Far more than two large objects have; each takes many times its bytes once it is parsed. */
  static final int MAX_VALUES = 150_000;

  private static final JsonLimits LIMITS =
      JsonLimits.DEFAULT.withMaxBytes(MAX_BYTES).withMaxValues(MAX_VALUES);

  /** What the API server says of the request itself, each, in characters. */
  private static final int MAX_TEXT = 4096;

  /**
   * The kind of an object.
   *
   * @param group empty for the core group
   */
  public record Kind(String group, String name) {}

  /**
   * Who asks. Names are theirs, so they are shown through {@link dev.bulla.error.Quoted} only.
   *
   * @param name empty when the API server names nobody
   * @param uid empty where users have none
   */
  public record User(String name, String uid) {

    /** Nobody. */
    public static final User NONE = new User("", "");
  }

  /**
   * Reads a review. Of the objects in it, what nobody here looks at is left out.
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
    Kind named = new Kind(text(kind, "group"), text(kind, "kind"));
    return new ReviewRequest(
        text(review, "apiVersion"),
        text(review, "kind"),
        text(request, "uid"),
        named,
        text(request, "operation"),
        text(request, "subResource"),
        text(request, "namespace"),
        user(request),
        object(request, "object").map(object -> Needed.of(named, object)),
        object(request, "oldObject").map(object -> Needed.of(named, object)),
        request.get("dryRun").orElse(JsonBoolean.FALSE).equals(JsonBoolean.TRUE));
  }

  /** About how much memory this and its answer take, in bytes. */
  public int weight() {
    long weight =
        4L * MAX_TEXT
            + object.map(Needed::weight).orElse(0L)
            + oldObject.map(Needed::weight).orElse(0L);
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }

  /** For reports only: what is there in another form says nothing about the object. */
  private static User user(JsonObject request) {
    return request.get("userInfo").orElse(JsonNull.INSTANCE) instanceof JsonObject info
        ? new User(cut(loose(info, "username")), cut(loose(info, "uid")))
        : User.NONE;
  }

  private static String loose(JsonObject in, String name) {
    return in.get(name).orElse(JsonNull.INSTANCE) instanceof JsonString text ? text.value() : "";
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  /** The name that the object has or will begin with; empty when it has none. */
  public String objectName() {
    if (object.orElse(JsonObject.EMPTY).get("metadata").orElse(JsonNull.INSTANCE)
        instanceof JsonObject metadata) {
      String name = loose(metadata, "name");
      return name.isEmpty() ? loose(metadata, "generateName") : name;
    }
    return "";
  }

  private static String text(JsonObject in, String name) throws MalformedInputException {
    JsonValue value = in.get(name).orElse(JsonNull.INSTANCE);
    if (value instanceof JsonString string) {
      if (string.value().length() > MAX_TEXT) {
        throw MalformedInputException.verbatim(
            "received invalid json: \"" + name + "\" is longer than " + MAX_TEXT + " characters");
      }
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
