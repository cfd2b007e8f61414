package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@link SimpleSigningPayload#parse}: writing it again changes none of its claims. */
final class SimpleSigningTarget {

  private static final Digest OTHER = Digest.sha256(Bytes.utf8("something else"));

  private SimpleSigningTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    SimpleSigningPayload payload;
    try {
      payload = SimpleSigningPayload.parse(Bytes.of(input));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return false;
    }
    Bytes written = payload.toBytes();
    SimpleSigningPayload again = SimpleSigningPayload.parse(written);
    Check.equal(payload.dockerReference(), again.dockerReference(), "docker-reference");
    Check.equal(payload.digestClaim(), again.digestClaim(), "docker-manifest-digest");
    Check.equal(payload.type(), again.type(), "type");
    Check.equal(written, again.toBytes(), "what is written is written the same again");

    Check.that(payload.hasAnnotations(Map.of()), "no annotations are wanted, none are missing");
    Map<String, String> texts = texts(payload.optional());
    Check.that(payload.hasAnnotations(texts), "its own annotations");
    Check.that(again.hasAnnotations(texts), "its own annotations, written again");
    claimsAtMostOne(payload);
    return true;
  }

  private static Map<String, String> texts(Optional<JsonObject> annotations) {
    Map<String, String> texts = new HashMap<>();
    for (JsonObject.Member member : annotations.orElse(JsonObject.EMPTY).members()) {
      if (member.value() instanceof JsonString text) {
        texts.put(member.name(), text.value());
      }
    }
    return texts;
  }

  private static void claimsAtMostOne(SimpleSigningPayload payload) {
    String claim = payload.digestClaim();
    Optional<Digest> claimed = digest(claim).or(() -> digest("sha256:" + claim));
    if (claimed.isPresent()) {
      Check.that(payload.claims(claimed.get()), "it claims the digest that it names");
    }
    Check.equal(
        claimed.isPresent() && claimed.get().equals(OTHER),
        payload.claims(OTHER),
        "it claims no other digest");
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
