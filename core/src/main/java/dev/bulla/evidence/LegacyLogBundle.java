package dev.bulla.evidence;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
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

  private static LogEntry of(GoFields fields) throws MalformedInputException {
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
