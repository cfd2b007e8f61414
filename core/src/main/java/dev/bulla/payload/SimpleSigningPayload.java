package dev.bulla.payload;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a legacy signature claims: this digest, under this name, with these annotations.
 *
 * @param dockerReference the name the signer gave; informational, may be empty
 * @param digestClaim the digest as written, empty when there is none; use {@link #claims}
 * @param type as written, informational
 * @param optional the annotations, absent when null or missing
 */
public record SimpleSigningPayload(
    String dockerReference, String digestClaim, String type, Optional<JsonObject> optional) {

  /** The type that is written. */
  public static final String TYPE = "cosign container image signature";

  private static final String WHAT = "signature payload";

  /**
   * The payload to sign for an image.
   *
   * @param dockerReference full repository name without tag and digest, or whatever identity the
   *     signer claims
   * @param annotations values of {@code -a}; none gives {@code "optional":null}
   */
  public static SimpleSigningPayload of(
      String dockerReference, Digest digest, Map<String, String> annotations) {
    return new SimpleSigningPayload(
        dockerReference,
        digest.toString(),
        TYPE,
        annotations.isEmpty()
            ? Optional.empty()
            : Optional.of(JsonObject.sortedStrings(annotations)));
  }

  /**
   * Reads a payload of any generation: member names in any case, a digest with or without {@code
   * sha256:}.
   *
   * @throws MalformedInputException also when two members differ only in case, since two readers
   *     could then disagree
   */
  public static SimpleSigningPayload parse(Bytes payload) throws MalformedInputException {
    if (payload.size() > Limits.MAX_PAYLOAD) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_PAYLOAD + " bytes");
    }
    GoFields fields = GoFields.of(JsonParser.parseObject(payload, WHAT), WHAT);
    Optional<GoFields> critical = fields.fields("critical");
    String reference = "";
    String digest = "";
    String type = "";
    if (critical.isPresent()) {
      Optional<GoFields> identity = critical.get().fields("identity");
      if (identity.isPresent()) {
        reference = identity.get().string("docker-reference").orElse("");
      }
      Optional<GoFields> image = critical.get().fields("image");
      if (image.isPresent()) {
        digest = image.get().string("docker-manifest-digest").orElse("");
      }
      type = critical.get().string("type").orElse("");
    }
    return new SimpleSigningPayload(reference, digest, type, fields.object("optional"));
  }

  /** Whether the payload claims that digest; v0.1 left out {@code sha256:}. */
  public boolean claims(Digest digest) {
    return digestClaim.equals(digest.toString())
        || (digest.algorithm() == dev.bulla.digest.HashAlgorithm.SHA256
            && digestClaim.equals(digest.hex()));
  }

  /** Whether all of these are among the annotations, with equal values. */
  public boolean hasAnnotations(Map<String, String> wanted) {
    if (wanted.isEmpty()) {
      return true;
    }
    if (optional.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      Optional<JsonValue> value = optional.get().get(entry.getKey());
      if (value.isEmpty() || !value.get().equals(new JsonString(entry.getValue()))) {
        return false;
      }
    }
    return true;
  }

  /** The bytes that cosign signs: current member names, no whitespace, no newline at the end. */
  public Bytes toBytes() {
    return GoJson.write(toJson());
  }

  /**
   * As a JSON object in the order of {@link #toBytes}; free-form members sorted, as Go prints maps.
   */
  public JsonObject toJson() {
    JsonObject critical =
        JsonObject.builder()
            .put("identity", JsonObject.builder().put("docker-reference", dockerReference).build())
            .put("image", JsonObject.builder().put("docker-manifest-digest", digestClaim).build())
            .put("type", type)
            .build();
    return JsonObject.builder()
        .put("critical", critical)
        .put("optional", optional.<JsonValue>map(o -> likeGoMap(o)).orElse(JsonNull.INSTANCE))
        .build();
  }

  /**
   * Sorts members and prints numbers as doubles: what becomes of any JSON that passes through a Go
   * map.
   */
  private static JsonValue likeGoMap(JsonValue value) {
    if (value instanceof JsonObject object) {
      Map<String, JsonValue> members = new HashMap<>();
      for (JsonObject.Member member : object.members()) {
        members.put(member.name(), likeGoMap(member.value()));
      }
      return JsonObject.sorted(members);
    }
    if (value instanceof JsonArray array) {
      List<JsonValue> values = new ArrayList<>();
      for (JsonValue element : array.values()) {
        values.add(likeGoMap(element));
      }
      return JsonArray.of(values);
    }
    return value instanceof JsonNumber number ? JsonNumber.of(number.doubleValue()) : value;
  }
}
