package dev.bulla.evidence;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The log entry as older formats keep it, beside a signature in an annotation or in a file: with
 * the log's promise and without an inclusion proof. Source: sigstore/cosign,
 * pkg/cosign/bundle/rekor.go.
 */
public final class LegacyLogBundle {

  private static final String WHAT = "log bundle";
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);

  private LegacyLogBundle() {}

  /** The entry in the text of the annotation. */
  public static LogEntry parse(String json) throws MalformedInputException {
    return of(GoFields.of(JsonParser.parseObject(Bytes.utf8(json), WHAT, JSON), WHAT));
  }

  /**
   * The text of the annotation, in Go JSON.
   *
   * @throws IllegalArgumentException for an entry without a promise: this form has no place for
   *     anything else that proves it
   */
  public static String write(LogEntry entry) {
    Bytes promise =
        entry
            .inclusionPromise()
            .orElseThrow(() -> new IllegalArgumentException("an entry without a promise"));
    return new String(
        GoJson.write(
                JsonObject.builder()
                    .put("SignedEntryTimestamp", Base64Text.encode(promise))
                    .put(
                        "Payload",
                        JsonObject.builder()
                            .put("body", Base64Text.encode(entry.canonicalizedBody()))
                            .put("integratedTime", entry.integratedTime())
                            .put("logIndex", entry.logIndex())
                            .put("logID", HexText.encode(entry.logId()))
                            .build())
                    .build())
            .toByteArray(),
        StandardCharsets.UTF_8);
  }

  static LogEntry of(GoFields fields) throws MalformedInputException {
    Optional<Bytes> promise =
        fields.bytes("SignedEntryTimestamp").filter(bytes -> !bytes.isEmpty());
    GoFields payload = fields.requiredFields("Payload");
    Bytes body = Base64Text.decode(payload.requiredString("body"), payload.where("body"));
    GoFields entry = GoFields.of(JsonParser.parseObject(body, WHAT + ": body", JSON), WHAT);
    return new LogEntry(
        payload.int64("logIndex").orElse(0),
        HexText.decode(payload.requiredString("logID"), payload.where("logID")),
        // nothing else announces the kind
        entry.requiredString("kind"),
        entry.requiredString("apiVersion"),
        payload.int64("integratedTime").orElse(0),
        promise,
        Optional.empty(),
        body);
  }
}
