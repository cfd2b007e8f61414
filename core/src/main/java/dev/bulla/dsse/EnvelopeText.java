package dev.bulla.dsse;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * An envelope as legacy attestations are stored: base64 stays as it is written, and nothing is
 * judged. Unknown members are dropped, as the Go library does.
 *
 * @param payload base64, not looked at
 */
public record EnvelopeText(String payloadType, String payload, List<Signature> signatures) {

  private static final String WHAT = "envelope";

  /** A signature as written; {@code sig} is base64, not looked at. */
  public record Signature(String keyid, String sig) {}

  public EnvelopeText {
    signatures = List.copyOf(signatures);
  }

  /** Reads the members; absent ones are empty. */
  public static EnvelopeText of(JsonObject json) throws MalformedInputException {
    GoFields fields = GoFields.of(json, WHAT);
    List<Signature> signatures = new ArrayList<>();
    for (JsonValue value : fields.array("signatures")) {
      if (!(value instanceof JsonObject object)) {
        throw new MalformedInputException(WHAT, "signatures: expected objects");
      }
      if (signatures.size() >= Limits.MAX_BUNDLE_PROOFS) {
        throw new MalformedInputException(
            WHAT, "signatures: more than " + Limits.MAX_BUNDLE_PROOFS);
      }
      GoFields signature = GoFields.of(object, WHAT + ": signature");
      signatures.add(
          new Signature(signature.string("keyid").orElse(""), signature.string("sig").orElse("")));
    }
    return new EnvelopeText(
        fields.string("payloadType").orElse(""), fields.string("payload").orElse(""), signatures);
  }

  /** What the payload decodes to. */
  public Bytes decodedPayload() throws MalformedInputException {
    return Base64Text.decodeAnyVariant(payload, WHAT + ": payload");
  }

  /** The bytes that cosign stores and prints. */
  public Bytes toJson() {
    List<JsonObject> written = new ArrayList<>();
    for (Signature signature : signatures) {
      written.add(
          JsonObject.builder().put("keyid", signature.keyid()).put("sig", signature.sig()).build());
    }
    return GoJson.write(
        JsonObject.builder()
            .put("payloadType", payloadType)
            .put("payload", payload)
            .put("signatures", JsonArray.of(written))
            .build());
  }
}
