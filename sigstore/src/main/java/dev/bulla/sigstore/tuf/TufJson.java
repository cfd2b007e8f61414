package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Metadata's JSON: its members by type, and the canonical form that is signed ("OLPC canonical
 * JSON"): members by code point, only quotes and backslashes escaped, no fractions.
 */
final class TufJson {

  static final String WHAT = "TUF metadata";

  private TufJson() {}

  static Bytes canonical(JsonValue value) throws MalformedInputException {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return Bytes.utf8(out.toString());
  }

  // the parser bounds the depth
  private static void write(JsonValue value, StringBuilder out) throws MalformedInputException {
    if (value instanceof JsonObject object) {
      List<JsonObject.Member> members = new ArrayList<>(object.members());
      members.sort(Comparator.comparing(JsonObject.Member::name, TufJson::byCodePoint));
      out.append('{');
      String separator = "";
      for (JsonObject.Member member : members) {
        out.append(separator);
        separator = ",";
        string(member.name(), out);
        out.append(':');
        write(member.value(), out);
      }
      out.append('}');
    } else if (value instanceof JsonArray array) {
      out.append('[');
      String separator = "";
      for (JsonValue element : array.values()) {
        out.append(separator);
        separator = ",";
        write(element, out);
      }
      out.append(']');
    } else if (value instanceof JsonString text) {
      string(text.value(), out);
    } else if (value instanceof JsonNumber number) {
      out.append(integer(number));
    } else if (value instanceof JsonBoolean bool) {
      out.append(bool.value());
    } else {
      out.append("null");
    }
  }

  private static long integer(JsonNumber number) throws MalformedInputException {
    long value = number.longValue();
    if (!Long.toString(value).equals(number.text())) {
      throw new MalformedInputException(WHAT, "a number that is no integer");
    }
    return value;
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }

  private static int byCodePoint(String a, String b) {
    int at = 0;
    while (at < a.length() && at < b.length() && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    if (at == a.length() || at == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    char x = a.charAt(at);
    char y = b.charAt(at);
    // a surrogate stands for a code point above all others
    boolean surrogates = Character.isSurrogate(x) != Character.isSurrogate(y);
    return surrogates ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
  }

  static JsonObject object(JsonValue value) throws MalformedInputException {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new MalformedInputException(WHAT, "an object was expected");
  }

  static JsonValue member(JsonObject object, String name) throws MalformedInputException {
    Optional<JsonValue> value = object.get(name);
    if (value.isEmpty()) {
      throw new MalformedInputException(WHAT, "no member " + name);
    }
    return value.get();
  }

  static JsonObject object(JsonObject object, String name) throws MalformedInputException {
    return object(member(object, name));
  }

  static String string(JsonValue value) throws MalformedInputException {
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw new MalformedInputException(WHAT, "a string was expected");
  }

  static String string(JsonObject object, String name) throws MalformedInputException {
    return string(member(object, name));
  }

  /** A positive integer. */
  static long positive(JsonObject object, String name) throws MalformedInputException {
    if (member(object, name) instanceof JsonNumber number && integer(number) >= 1) {
      return integer(number);
    }
    throw new MalformedInputException(WHAT, name + " is no positive integer");
  }

  static boolean bool(JsonObject object, String name) throws MalformedInputException {
    if (member(object, name) instanceof JsonBoolean bool) {
      return bool.value();
    }
    throw new MalformedInputException(WHAT, name + " is neither true nor false");
  }

  /** An array of at most so many elements. */
  static List<JsonValue> array(JsonObject object, String name, int limit)
      throws MalformedInputException {
    if (member(object, name) instanceof JsonArray array && array.size() <= limit) {
      return array.values();
    }
    throw new MalformedInputException(WHAT, name + " is no array, or too long");
  }
}
