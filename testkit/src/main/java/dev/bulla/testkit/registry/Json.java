package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** Short ways to the JSON this registry reads and writes. */
final class Json {

  private Json() {}

  static Bytes write(JsonValue value) {
    return GoJson.write(value);
  }

  static JsonArray strings(List<String> values) {
    return JsonArray.of(values.stream().map(JsonString::new).toList());
  }

  static Optional<String> string(JsonObject object, String name) {
    return object
        .get(name)
        .flatMap(v -> v instanceof JsonString s ? Optional.of(s.value()) : Optional.empty());
  }

  static Optional<JsonObject> object(JsonObject object, String name) {
    return object
        .get(name)
        .flatMap(v -> v instanceof JsonObject o ? Optional.of(o) : Optional.empty());
  }
}
