package dev.bulla.cli.command;

import dev.bulla.cli.terminal.Output;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.Locale;

/**
 * Facts for a person, as an indented list. Both names and values may be foreign text: all of it is
 * quoted.
 */
final class FactsText {

  private static final int MAX_CHARS = 1000;

  private FactsText() {}

  static void print(JsonObject facts, Output out) {
    for (JsonObject.Member member : facts.members()) {
      if (!member.name().equals("schemaVersion")) {
        print(label(member.name()), member.value(), 0, out);
      }
    }
  }

  private static void print(String label, JsonValue value, int depth, Output out) {
    String start = "  ".repeat(depth) + "- " + Quoted.plain(label);
    if (value instanceof JsonObject object) {
      out.println(start + ":");
      for (JsonObject.Member member : object.members()) {
        print(label(member.name()), member.value(), depth + 1, out);
      }
    } else if (value instanceof JsonArray array) {
      out.println(start + ": " + array.size());
      for (int i = 0; i < array.size(); i++) {
        print("[" + i + "]", array.values().get(i), depth + 1, out);
      }
    } else if (value instanceof JsonString text) {
      out.println(start + ": " + Quoted.plain(text.value(), MAX_CHARS));
    } else {
      out.println(start + ": " + Quoted.plain(plain(value)));
    }
  }

  private static String plain(JsonValue value) {
    if (value instanceof JsonBoolean truth) {
      return Boolean.toString(truth.value());
    }
    return value instanceof JsonNumber number ? number.text() : "null";
  }

  /** {@code logIndex} reads {@code Log Index}; what is no such name stays as it is. */
  private static String label(String name) {
    StringBuilder label = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) {
        return name;
      }
      if (c >= 'A' && c <= 'Z') {
        label.append(' ');
      }
      label.append(c);
    }
    return label.isEmpty()
        ? name
        : label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
  }
}
