package dev.bulla.bundle;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Documents that differ from a given one in exactly one place. */
final class Trees {

  /** A document and the path of what was changed in it. */
  record Changed(String path, Bytes json) {
    @Override
    public String toString() {
      return path;
    }
  }

  private static final JsonObject REMOVED =
      JsonObject.builder().put("this member", "is left out").build();

  private Trees() {}

  /** One document for every object in the given one, in which that object was replaced. */
  static List<Changed> changingEachObject(JsonValue document, UnaryOperator<JsonObject> change) {
    return changing(
        document,
        (path, value) ->
            value instanceof JsonObject object
                ? Optional.of(change.apply(object))
                : Optional.empty());
  }

  /** One document for every member at any depth, in which its value was replaced. */
  static List<Changed> changingEachMember(JsonValue document, UnaryOperator<JsonValue> change) {
    return changing(
        document,
        (path, value) ->
            path.isEmpty() || path.endsWith("]")
                ? Optional.empty()
                : Optional.of(change.apply(value)));
  }

  /** One document for every member at any depth, which lacks that member. */
  static List<Changed> withoutEachMember(JsonValue document) {
    return changingEachMember(document, value -> REMOVED);
  }

  /** The document with every member renamed. */
  static Bytes renamed(JsonValue document, UnaryOperator<String> name) {
    return ProtoJson.write(rename(document, name));
  }

  private static List<Changed> changing(
      JsonValue document, BiFunction<String, JsonValue, Optional<JsonValue>> change) {
    Map<String, JsonValue> values = new LinkedHashMap<>();
    collect(document, "", values);
    List<Changed> all = new ArrayList<>();
    values.forEach((path, value) ->
        change
            .apply(path, value)
            .ifPresent(next ->
                all.add(new Changed(path, ProtoJson.write(rebuild(document, "", path, next))))));
    if (all.isEmpty()) {
      throw new AssertionError("nothing to change");
    }
    return all;
  }

  private static void collect(JsonValue value, String path, Map<String, JsonValue> values) {
    values.put(path, value);
    switch (value) {
      case JsonObject object -> {
        for (JsonObject.Member member : object.members()) {
          collect(member.value(), path + "/" + member.name(), values);
        }
      }
      case JsonArray array -> {
        for (int i = 0; i < array.size(); i++) {
          collect(array.values().get(i), path + "[" + i + "]", values);
        }
      }
      default -> {}
    }
  }

  /**
   * The value at a path, with what is at the target replaced, or left out if the replacement is the
   * mark.
   */
  private static JsonValue rebuild(
      JsonValue value, String path, String target, JsonValue replacement) {
    if (path.equals(target)) {
      return replacement;
    }
    return switch (value) {
      case JsonObject object -> {
        JsonObject.Builder copy = JsonObject.builder();
        for (JsonObject.Member member : object.members()) {
          JsonValue next = rebuild(member.value(), path + "/" + member.name(), target, replacement);
          if (!next.equals(REMOVED)) {
            copy.put(member.name(), next);
          }
        }
        yield copy.build();
      }
      case JsonArray array -> {
        List<JsonValue> copy = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
          copy.add(rebuild(array.values().get(i), path + "[" + i + "]", target, replacement));
        }
        yield JsonArray.of(copy);
      }
      default -> value;
    };
  }

  private static JsonValue rename(JsonValue value, UnaryOperator<String> name) {
    return switch (value) {
      case JsonObject object -> {
        JsonObject.Builder copy = JsonObject.builder();
        for (JsonObject.Member member : object.members()) {
          copy.put(name.apply(member.name()), rename(member.value(), name));
        }
        yield copy.build();
      }
      case JsonArray array -> {
        List<JsonValue> copy = new ArrayList<>();
        for (JsonValue element : array.values()) {
          copy.add(rename(element, name));
        }
        yield JsonArray.of(copy);
      }
      default -> value;
    };
  }
}
