package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.testkit.http.BadRequest;
import dev.bulla.testkit.http.WireBody;
import dev.bulla.testkit.http.WireRequest;
import dev.bulla.testkit.http.WireResponse;
import java.util.Locale;

/** One of the services behind HTTP. */
@FunctionalInterface
interface Endpoint {

  /**
   * Answers a request.
   *
   * @param body the whole body
   * @throws MalformedInputException when the request cannot be read: 400
   */
  WireResponse answer(WireRequest request, Bytes body)
      throws Refused, MalformedInputException, BadRequest;

  static WireResponse json(int status, JsonValue value) {
    return WireResponse.of(status)
        .with("Content-Type", "application/json")
        .withBody(WireBody.of(ProtoJson.write(value)));
  }

  static WireResponse bytes(String mediaType, Bytes content) {
    return WireResponse.of(200).with("Content-Type", mediaType).withBody(WireBody.of(content));
  }

  /** The error that Fulcio, both kinds of Rekor and the timestamp authority answer with. */
  static WireResponse error(Refused refused) {
    WireResponse response =
        json(
            refused.status(),
            JsonObject.builder()
                .put("code", refused.status())
                .put("message", String.valueOf(refused.getMessage()))
                .put("details", JsonArray.EMPTY)
                .build());
    return refused.location().isEmpty() ? response : response.with("Location", refused.location());
  }

  static JsonObject body(WireRequest request, Bytes body, String what)
      throws Refused, MalformedInputException {
    requireType(request, "application/json");
    return JsonParser.parseObject(body, what);
  }

  static void requireType(WireRequest request, String mediaType) throws Refused {
    String given = request.headers().first("Content-Type").orElse("");
    if (!given.toLowerCase(Locale.ROOT).replaceFirst("\\s*;.*", "").equals(mediaType)) {
      throw new Refused(415, "the content type has to be " + mediaType);
    }
  }

  static Refused notFound() {
    return new Refused(404, "no such path, or another method");
  }
}
