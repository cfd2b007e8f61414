package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the members of an object, with failures that name the path. What the dialects
 * have in common: a {@code null} literal is an absent member, and a member of the wrong type is
 * malformed, never skipped.
 *
 * @param <S> the dialect, which nested objects are read in too
 */
abstract sealed class Fields<S extends Fields<S>> permits GoFields, ProtoFields {

  /** Stands for a member's own value, where another index is that of an element of it. */
  private static final int WHOLE = -1;

  private final String what;
  private final @Nullable Fields<?> parent;
  private final String nameInParent;
  private final int indexInParent;

  /**
   * A reader of a whole document.
   *
   * @param what what is being read, for the message
   */
  Fields(String what) {
    this.what = what;
    this.parent = null;
    this.nameInParent = "";
    this.indexInParent = WHOLE;
  }

  /** A reader of an object inside another. Paths are put together only once something fails. */
  Fields(Fields<?> parent, String name, int index) {
    this.what = parent.what;
    this.parent = parent;
    this.nameInParent = name;
    this.indexInParent = index;
  }

  /**
   * The value of a member by the dialect's rule for names; null when it is absent. May be the null
   * literal.
   */
  abstract @Nullable JsonValue find(String name) throws MalformedInputException;

  /** A reader of an object that is a member of this one, or an element of a member. */
  abstract S nested(JsonObject object, String name, int index) throws MalformedInputException;

  /** Bytes by the dialect's rule for base64. */
  abstract Bytes decodeBytes(String text, String where) throws MalformedInputException;

  /** An integer by the dialect's rule; empty when the value is none. */
  abstract OptionalLong decodeInt64(JsonValue value);

  /** Whether there is such a member, and it is not the {@code null} literal. */
  public final boolean has(String name) throws MalformedInputException {
    return present(name) != null;
  }

  /** The member, whatever its type. */
  public final Optional<JsonValue> value(String name) throws MalformedInputException {
    return Optional.ofNullable(present(name));
  }

  public final Optional<String> string(String name) throws MalformedInputException {
    JsonValue value = present(name);
    return value == null ? Optional.empty() : Optional.of(asString(value, name, WHOLE));
  }

  public final String requiredString(String name) throws MalformedInputException {
    return asString(required(name), name, WHOLE);
  }

  /** The object, to be read by other rules than this dialect's: an open map, say. */
  public final Optional<JsonObject> object(String name) throws MalformedInputException {
    JsonValue value = present(name);
    return value == null ? Optional.empty() : Optional.of(asObject(value, name, WHOLE));
  }

  public final JsonObject requiredObject(String name) throws MalformedInputException {
    return asObject(required(name), name, WHOLE);
  }

  /** A reader for the object. */
  public final Optional<S> fields(String name) throws MalformedInputException {
    JsonValue value = present(name);
    return value == null
        ? Optional.empty()
        : Optional.of(nested(asObject(value, name, WHOLE), name, WHOLE));
  }

  public final S requiredFields(String name) throws MalformedInputException {
    return nested(asObject(required(name), name, WHOLE), name, WHOLE);
  }

  /** The elements of the array; none when it is absent. */
  public final List<JsonValue> array(String name) throws MalformedInputException {
    JsonValue value = present(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonArray array) {
      return array.values();
    }
    throw mistyped(name, WHOLE, "an array", value);
  }

  /** Readers for the elements of an array of objects; none when it is absent. */
  public final List<S> fieldsList(String name) throws MalformedInputException {
    List<JsonValue> elements = array(name);
    List<S> readers = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      readers.add(nested(asObject(elements.get(i), name, i), name, i));
    }
    return Collections.unmodifiableList(readers);
  }

  /** The elements of an array of strings; none when it is absent. */
  public final List<String> strings(String name) throws MalformedInputException {
    List<JsonValue> elements = array(name);
    List<String> texts = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      texts.add(asString(elements.get(i), name, i));
    }
    return Collections.unmodifiableList(texts);
  }

  /**
   * The entries of an object of strings, in their order; none when it is absent. The names are data
   * here: they are taken exactly, whatever the dialect.
   */
  public final Map<String, String> stringMap(String name) throws MalformedInputException {
    JsonValue value = present(name);
    if (value == null) {
      return Map.of();
    }
    Map<String, String> entries = new LinkedHashMap<>();
    for (JsonObject.Member member : asObject(value, name, WHOLE).members()) {
      if (!(member.value() instanceof JsonString text)) {
        throw malformed(
            name,
            "expected a string for "
                + Quoted.text(member.name())
                + ", found "
                + describe(member.value()));
      }
      entries.put(member.name(), text.value());
    }
    return Collections.unmodifiableMap(entries);
  }

  /** A signed integer of 64 bits. */
  public final OptionalLong int64(String name) throws MalformedInputException {
    JsonValue value = present(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(asInt64(value, name));
  }

  public final long requiredInt64(String name) throws MalformedInputException {
    return asInt64(required(name), name);
  }

  public final Optional<Boolean> bool(String name) throws MalformedInputException {
    JsonValue value = present(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof JsonBoolean bool) {
      return Optional.of(bool.value());
    }
    throw mistyped(name, WHOLE, "true or false", value);
  }

  /** Bytes in base64. The empty string is present, and empty. */
  public final Optional<Bytes> bytes(String name) throws MalformedInputException {
    JsonValue value = present(name);
    return value == null ? Optional.empty() : Optional.of(asBytes(value, name, WHOLE));
  }

  public final Bytes requiredBytes(String name) throws MalformedInputException {
    return asBytes(required(name), name, WHOLE);
  }

  /** The elements of an array of bytes; none when it is absent. */
  public final List<Bytes> bytesList(String name) throws MalformedInputException {
    List<JsonValue> elements = array(name);
    List<Bytes> all = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      all.add(asBytes(elements.get(i), name, i));
    }
    return Collections.unmodifiableList(all);
  }

  /**
   * A failure about a member of this object, for the caller to throw.
   *
   * @param problem what is wrong; foreign text in it must have gone through {@link Quoted}
   */
  public final MalformedInputException malformed(String name, String problem) {
    return at(name, WHOLE, problem);
  }

  /** What is being read and the path of a member in it: the "what" for a decoder of that member. */
  public final String where(String name) {
    return where(name, WHOLE);
  }

  /** A failure about this object as a whole. */
  final MalformedInputException malformed(String problem) {
    return parent == null
        ? new MalformedInputException(what, problem)
        : parent.at(nameInParent, indexInParent, problem);
  }

  final MalformedInputException mistyped(String name, String expected, JsonValue found) {
    return mistyped(name, WHOLE, expected, found);
  }

  final @Nullable JsonValue present(String name) throws MalformedInputException {
    JsonValue value = find(name);
    return value == JsonNull.INSTANCE ? null : value;
  }

  private JsonValue required(String name) throws MalformedInputException {
    JsonValue value = present(name);
    if (value == null) {
      throw malformed(name, "missing");
    }
    return value;
  }

  private String asString(JsonValue value, String name, int index) throws MalformedInputException {
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw mistyped(name, index, "a string", value);
  }

  private JsonObject asObject(JsonValue value, String name, int index)
      throws MalformedInputException {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw mistyped(name, index, "an object", value);
  }

  private Bytes asBytes(JsonValue value, String name, int index) throws MalformedInputException {
    return decodeBytes(asString(value, name, index), where(name, index));
  }

  private long asInt64(JsonValue value, String name) throws MalformedInputException {
    OptionalLong decoded = decodeInt64(value);
    if (decoded.isEmpty()) {
      throw value instanceof JsonNumber || value instanceof JsonString
          ? malformed(name, "expected an integer of 64 bits")
          : mistyped(name, WHOLE, "an integer", value);
    }
    return decoded.getAsLong();
  }

  private MalformedInputException mistyped(
      String name, int index, String expected, JsonValue found) {
    return at(name, index, "expected " + expected + ", found " + describe(found));
  }

  private MalformedInputException at(String name, int index, String problem) {
    StringBuilder path = new StringBuilder();
    appendPath(path, name, index);
    return new MalformedInputException(what, path.append(": ").append(problem).toString());
  }

  private String where(String name, int index) {
    StringBuilder where = new StringBuilder(what).append(": ");
    appendPath(where, name, index);
    return where.toString();
  }

  private void appendPath(StringBuilder path, String name, int index) {
    if (parent != null) {
      parent.appendPath(path, nameInParent, indexInParent);
      path.append('.');
    }
    path.append(name);
    if (index != WHOLE) {
      path.append('[').append(index).append(']');
    }
  }

  private static String describe(JsonValue value) {
    if (value instanceof JsonString) {
      return "a string";
    }
    if (value instanceof JsonObject) {
      return "an object";
    }
    if (value instanceof JsonArray) {
      return "an array";
    }
    if (value instanceof JsonNumber) {
      return "a number";
    }
    if (value instanceof JsonBoolean bool) {
      return bool.value() ? "true" : "false";
    }
    return "null";
  }
}
