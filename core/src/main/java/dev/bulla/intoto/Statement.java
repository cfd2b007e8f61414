package dev.bulla.intoto;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoFields;
import dev.bulla.json.ProtoJson;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A statement about artifacts.
 *
 * @param predicateType what kind of statement it is, a URI
 * @param predicate free-form; a string in old SPDX attestations
 */
public record Statement(
    String type, List<Subject> subjects, String predicateType, JsonValue predicate) {

  /** The predicate type by which {@code sign} marks an image signature. */
  public static final String COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1";

  private static final String STATEMENT_V1 = "https://in-toto.io/Statement/v1";
  private static final String WHAT = "in-toto statement";

  /**
   * One artifact that a statement is about.
   *
   * @param digests by algorithm, as written
   * @param annotations free-form values by name
   */
  public record Subject(String name, Map<String, String> digests, JsonObject annotations) {

    public Subject {
      digests = Map.copyOf(digests);
    }

    /** Whether this is the artifact with that digest. */
    public boolean is(Digest digest) {
      return digest.hex().equals(digests.get(digest.algorithm().ociName()));
    }

    /** Whether all of these are among the annotations, with equal values. */
    public boolean hasAnnotations(Map<String, String> wanted) {
      for (Map.Entry<String, String> entry : wanted.entrySet()) {
        Optional<JsonValue> value = annotations.get(entry.getKey());
        if (value.isEmpty() || !value.get().equals(new JsonString(entry.getValue()))) {
          return false;
        }
      }
      return true;
    }
  }

  public Statement {
    subjects = List.copyOf(subjects);
  }

  /**
   * The bytes of the statement that signs an image, as cosign writes them.
   *
   * @param annotations values of {@code -a}
   */
  public static Bytes forImage(Digest digest, Map<String, String> annotations) {
    JsonObject subject =
        JsonObject.builder()
            .put(
                "digest",
                JsonObject.sortedStrings(Map.of(digest.algorithm().ociName(), digest.hex())))
            .put("annotations", JsonObject.sortedStrings(annotations))
            .build();
    return ProtoJson.write(
        JsonObject.builder()
            .put("_type", STATEMENT_V1)
            .put("subject", JsonArray.of(List.of(subject)))
            .put("predicateType", COSIGN_SIGN)
            .put("predicate", JsonObject.EMPTY)
            .build());
  }

  /**
   * Reads the payload of an envelope.
   *
   * @throws MalformedInputException also for unknown members
   */
  public static Statement parse(Bytes payload) throws MalformedInputException {
    ProtoFields fields =
        ProtoFields.of(JsonParser.parseObject(payload, WHAT), WHAT).protoName("_type", "type");
    String type = fields.string("_type").orElse("");
    List<Subject> subjects = subjects(fields);
    String predicateType = fields.string("predicateType").orElse("");
    JsonValue predicate = fields.value("predicate").orElse(JsonNull.INSTANCE);
    fields.finish();
    if (predicateType.isEmpty()) {
      throw new MalformedInputException(WHAT, "predicateType: missing");
    }
    return new Statement(type, subjects, predicateType, predicate);
  }

  private static List<Subject> subjects(ProtoFields statement) throws MalformedInputException {
    List<JsonValue> values = statement.array("subject");
    if (values.size() > Limits.MAX_SUBJECTS) {
      throw new MalformedInputException(
          WHAT, "subject: more than " + Limits.MAX_SUBJECTS + " subjects");
    }
    List<Subject> subjects = new ArrayList<>(values.size());
    for (JsonValue value : values) {
      if (!(value instanceof JsonObject object)) {
        throw new MalformedInputException(WHAT, "subject: expected an object");
      }
      ProtoFields fields = ProtoFields.of(object, WHAT + ": subject[" + subjects.size() + "]");
      Map<String, String> digests = fields.stringMap("digest");
      if (digests.size() > Limits.MAX_DIGESTS_PER_SUBJECT) {
        throw new MalformedInputException(
            WHAT, "subject: more than " + Limits.MAX_DIGESTS_PER_SUBJECT + " digests");
      }
      Subject subject =
          new Subject(
              fields.string("name").orElse(""),
              digests,
              fields.object("annotations").orElse(JsonObject.EMPTY));
      // members of a resource descriptor that say nothing about identity
      fields.string("uri");
      fields.value("content");
      fields.value("downloadLocation");
      fields.value("mediaType");
      fields.finish();
      subjects.add(subject);
    }
    return subjects;
  }

  /**
   * What {@code verify} prints for a statement: the shape of a simple-signing payload.
   *
   * @param reference the full name under which the image was verified
   */
  public JsonObject toReport(String reference) {
    Subject first =
        subjects.isEmpty() ? new Subject("", Map.of(), JsonObject.EMPTY) : subjects.get(0);
    Map.Entry<String, String> lowest = new TreeMap<>(first.digests()).firstEntry();
    String digest = lowest == null ? "" : lowest.getKey() + ":" + lowest.getValue();
    JsonObject critical =
        JsonObject.builder()
            .put("identity", JsonObject.builder().put("docker-reference", reference).build())
            .put("image", JsonObject.builder().put("docker-manifest-digest", digest).build())
            .put("type", predicateType)
            .build();
    return JsonObject.builder()
        .put("critical", critical)
        .put("optional", first.annotations())
        .build();
  }

  /** {@link #toReport} as printed. */
  public Bytes toReportBytes(String reference) {
    return GoJson.write(toReport(reference));
  }
}
