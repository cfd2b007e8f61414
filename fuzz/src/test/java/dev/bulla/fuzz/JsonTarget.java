package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import java.util.Optional;

/** {@link JsonParser}: what it takes, every writer writes so that it reads back the same. */
final class JsonTarget {

  private static final JsonLimits TIGHT = new JsonLimits(200, 4, 20, 5, 30, 8);

  private JsonTarget() {}

  static boolean accepts(byte[] input) throws MalformedInputException {
    Bytes document = Bytes.of(input);
    Optional<JsonValue> parsed = parse(document, JsonLimits.DEFAULT);
    Optional<JsonValue> underTightLimits = parse(document, TIGHT);
    if (underTightLimits.isPresent()) {
      Check.equal(parsed, underTightLimits, "a limit refuses or changes nothing");
    }
    if (parsed.isEmpty()) {
      return false;
    }
    JsonValue value = parsed.get();
    readsBackFrom(GoJson.write(value), value);
    readsBackFrom(GoJson.writeIndented(value, 1), value);
    readsBackFrom(ProtoJson.write(value), value);
    Bytes canonical = CanonicalJson.write(value);
    Check.equal(
        canonical,
        CanonicalJson.write(JsonParser.parse(canonical, "canonical")),
        "the canonical form of the canonical form");
    return true;
  }

  private static void readsBackFrom(Bytes written, JsonValue value) throws MalformedInputException {
    JsonValue again = JsonParser.parse(written, "written");
    Check.equal(value, again, "what is written reads back");
    Check.equal(value.hashCode(), again.hashCode(), "equal values have equal hashes");
    // equality ignores the order of members; the bytes do not
    Check.equal(GoJson.write(value), GoJson.write(again), "members keep their order");
  }

  private static Optional<JsonValue> parse(Bytes document, JsonLimits limits) {
    try {
      return Optional.of(JsonParser.parse(document, "document", limits));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }
}
