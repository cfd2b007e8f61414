package dev.bulla.admission.review;

import dev.bulla.admission.image.ImageName;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What decisions, answers and logs look at in an object, so that the rest of it, which can be a
 * thousand times more, is not kept while signatures are looked for. What has the wrong shape has it
 * afterwards, too.
 */
final class Needed {

  /** Something that is neither an object, nor a list, nor a text. */
  private static final JsonValue OF_NO_USE = JsonBoolean.TRUE;

  /** More than {@link Workload} takes, which refuses the object before it comes to the others. */
  private static final int MAX_ELEMENTS = Workload.MAX_IMAGES + 1;

  /** No name of Kubernetes is as long. */
  private static final int MAX_NAME = 1000;

  /** One more than a reference may have: cut off, it is as wrong as it was. */
  private static final int MAX_REFERENCE = ImageName.MAX_LENGTH + 1;

  /** A value costs about this in memory, beside its text. */
  private static final int VALUE_BYTES = 96;

  /** The text of a value can stand in the answer again, encoded twice. */
  private static final int COPIES = 4;

  /** Leaves of a value what is needed. */
  @FunctionalInterface
  private interface Shape {
    JsonValue of(JsonValue value);
  }

  private static final Shape NAME = text(MAX_NAME);

  private static final Shape REFERENCE = text(MAX_REFERENCE);

  private static final Shape CONTAINERS = list(place(REFERENCE));

  private static final Shape POD_SPEC =
      object(
          Map.of(
              "containers",
              CONTAINERS,
              "initContainers",
              CONTAINERS,
              "ephemeralContainers",
              CONTAINERS,
              "volumes",
              list(place(object(Map.of("reference", REFERENCE)))),
              "imagePullSecrets",
              list(object(Map.of("name", NAME))),
              "serviceAccountName",
              NAME,
              "serviceAccount",
              NAME));

  private static final Shape METADATA =
      object(
          Map.of(
              "name",
              NAME,
              "generateName",
              NAME,
              "namespace",
              NAME,
              "uid",
              NAME,
              "deletionTimestamp",
              NAME,
              "ownerReferences",
              list(object(Map.of("apiVersion", NAME, "kind", NAME, "name", NAME, "uid", NAME)))));

  private Needed() {}

  /** Of an object of a kind; of one that runs no images, its metadata. */
  static JsonObject of(ReviewRequest.Kind kind, JsonObject object) {
    Shape shape = POD_SPEC;
    List<String> path = Workload.podSpec(kind);
    for (int i = path.size() - 1; i > 0; i--) {
      shape = object(Map.of(path.get(i), shape));
    }
    return path.isEmpty()
        ? members(object, Map.of("metadata", METADATA))
        : members(object, Map.of("metadata", METADATA, path.get(0), shape));
  }

  /** About how much memory a value takes, with what is answered about it. */
  static long weight(JsonValue value) {
    long weight = VALUE_BYTES;
    if (value instanceof JsonString text) {
      weight += 2L * COPIES * text.value().length();
    } else if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        weight += element instanceof JsonObject object && object.isEmpty() ? 8 : weight(element);
      }
    } else if (value instanceof JsonObject object) {
      for (JsonObject.Member member : object.members()) {
        weight += weight(member.value());
      }
    }
    return weight;
  }

  private static Shape text(int most) {
    return value -> {
      if (value instanceof JsonString text) {
        return text.value().length() > most
            ? new JsonString(text.value().substring(0, most))
            : text;
      }
      return value instanceof JsonNull ? value : OF_NO_USE;
    };
  }

  /** A container or volume. Where it names no image, nothing of it is looked at. */
  private static Shape place(Shape image) {
    Shape whole = object(Map.of("name", NAME, "image", image));
    return value -> {
      JsonValue needed = whole.of(value);
      return needed instanceof JsonObject object && !namesImage(object) && !isWrong(object)
          ? JsonObject.EMPTY
          : needed;
    };
  }

  private static boolean namesImage(JsonObject place) {
    return place.get("image").filter(image -> !(image instanceof JsonNull)).isPresent();
  }

  private static boolean isWrong(JsonObject place) {
    return place.members().stream().anyMatch(member -> member.value().equals(OF_NO_USE));
  }

  private static Shape object(Map<String, Shape> shapes) {
    return value -> {
      if (value instanceof JsonObject object) {
        return members(object, shapes);
      }
      return value instanceof JsonNull ? value : OF_NO_USE;
    };
  }

  private static JsonObject members(JsonObject object, Map<String, Shape> shapes) {
    JsonObject.Builder builder = JsonObject.builder();
    for (Map.Entry<String, Shape> shape : shapes.entrySet()) {
      object
          .get(shape.getKey())
          .ifPresent(value -> builder.put(shape.getKey(), shape.getValue().of(value)));
    }
    return builder.build();
  }

  private static Shape list(Shape shape) {
    return value -> {
      if (!(value instanceof JsonArray array)) {
        return value instanceof JsonNull ? value : OF_NO_USE;
      }
      List<JsonValue> elements = new ArrayList<>(array.values().size());
      int kept = 0;
      for (JsonValue element : array.values()) {
        JsonValue needed = shape.of(element);
        if (needed instanceof JsonObject object && !object.isEmpty()) {
          kept++;
          if (kept > MAX_ELEMENTS) {
            needed = OF_NO_USE; // not an empty object: that names no image and is let in
          }
        }
        elements.add(needed);
      }
      return JsonArray.of(elements);
    };
  }
}
