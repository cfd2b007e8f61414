package dev.bulla.evidence;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import java.nio.charset.StandardCharsets;

/**
 * The timestamp as older formats keep it, beside a signature in an annotation or in a file. Source:
 * sigstore/cosign, pkg/cosign/bundle/tsa.go.
 */
public final class LegacyTimestamp {

  private static final String WHAT = "timestamp annotation";
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(100);

  private LegacyTimestamp() {}

  /** The answer of the authority in the text of the annotation, DER. */
  public static Bytes parse(String json) throws MalformedInputException {
    return GoFields.of(JsonParser.parseObject(Bytes.utf8(json), WHAT, JSON), WHAT)
        .requiredBytes("SignedRFC3161Timestamp");
  }

  /**
   * The text of the annotation, in Go JSON.
   *
   * @param response the answer of the authority, DER
   */
  public static String write(Bytes response) {
    return new String(
        GoJson.write(
                JsonObject.builder()
                    .put("SignedRFC3161Timestamp", Base64Text.encode(response))
                    .build())
            .toByteArray(),
        StandardCharsets.UTF_8);
  }
}
