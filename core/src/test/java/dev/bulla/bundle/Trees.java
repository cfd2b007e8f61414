package dev.bulla.bundle;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import java.util.ArrayList;
import java.util.List;
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
    List<Changed> changed = new ArrayList<>();
    for (Changed one : changingEachMember(document, value -> Removed.MARK)) {
      changed.add(new Changed(one.path(), one.json()));
    }
    return changed;
  }

  /** The document with every member renamed. */
  static Bytes renamed(JsonValue document, UnaryOperator<String> name) {
    return ProtoJson.write(rename(document, name));
  }

  private static final class Removed {
    /** Compared by identity, so that no document can contain it. */
    static final JsonObject MARK = JsonObject.builder().put("removed", true).build();
  }

  private static List<Changed> changing(
      JsonValue document, BiFunction<String, JsonValue, Optional<JsonValue>> change) {
    List<String> paths = new ArrayList<>();
    collect(document, "", paths);
    List<Changed> all = new ArrayList<>();
    for (String path : paths) {
      boolean[] done = new boolean[1];
      JsonValue tree =
          rebuild(
              document,
              "",
              (at, value) -> {
                if (!at.equals(path)) {
                  return value;
                }
                Optional<JsonValue> replacement = change.apply(at, value);
                done[0] = replacement.isPresent();
                return replacement.orElse(value);
              });
      if (done[0]) {
        all.add(new Changed(path, ProtoJson.write(tree)));
      }
    }
    if (all.isEmpty()) {
      throw new AssertionError("nothing to change");
    }
    return all;
  }

  private static void collect(JsonValue value, String path, List<String> paths) {
    paths.add(path);
    switch (value) {
      case JsonObject object -> {
        for (JsonObject.Member member : object.members()) {
          collect(member.value(), path + "/" + member.name(), paths);
        }
      }
      case JsonArray array -> {
        for (int i = 0; i < array.size(); i++) {
          collect(array.values().get(i), path + "[" + i + "]", paths);
        }
      }
      default -> {}
    }
  }

  private static JsonValue rebuild(
      JsonValue value, String path, BiFunction<String, JsonValue, JsonValue> change) {
    JsonValue changed = change.apply(path, value);
    if (changed != value) {
      return changed;
    }
    return switch (value) {
      case JsonObject object -> {
        JsonObject.Builder copy = JsonObject.builder();
        for (JsonObject.Member member : object.members()) {
          JsonValue next = rebuild(member.value(), path + "/" + member.name(), change);
          if (next != Removed.MARK) {
            copy.put(member.name(), next);
          }
        }
        yield copy.build();
      }
      case JsonArray array -> {
        List<JsonValue> copy = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
          copy.add(rebuild(array.values().get(i), path + "[" + i + "]", change));
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
