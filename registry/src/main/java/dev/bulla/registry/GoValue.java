package dev.bulla.registry;

import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON values as Go's {@code %v} prints them, since the error messages that scripts look for have
 * them inside: {@code map[Tag:nope]}. Numbers keep the registry's spelling.
 */
final class GoValue {

  private GoValue() {}

  static String print(JsonValue value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, JsonValue value) {
    if (value instanceof JsonString string) {
      out.append(Quoted.plain(string.value(), 1000));
    } else if (value instanceof JsonNumber number) {
      out.append(number.text());
    } else if (value instanceof JsonBoolean bool) {
      out.append(bool.value());
    } else if (value instanceof JsonArray array) {
      appendAll(out, array);
    } else if (value instanceof JsonObject object) {
      appendAll(out, object);
    } else {
      out.append("<nil>");
    }
  }

  private static void appendAll(StringBuilder out, JsonArray array) {
    out.append('[');
    String separator = "";
    for (JsonValue element : array.values()) {
      out.append(separator);
      append(out, element);
      separator = " ";
    }
    out.append(']');
  }

  private static void appendAll(StringBuilder out, JsonObject object) {
    Map<String, JsonValue> sorted = new TreeMap<>();
    for (JsonObject.Member member : object.members()) {
      sorted.put(member.name(), member.value());
    }
    out.append("map[");
    String separator = "";
    for (Map.Entry<String, JsonValue> member : sorted.entrySet()) {
      out.append(separator).append(Quoted.plain(member.getKey())).append(':');
      append(out, member.getValue());
      separator = " ";
    }
    out.append(']');
  }
}
