package dev.bulla.json;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object as protojson fills a message (spec: formats.md 0.2): a member goes by its
 * lowerCamelCase or its snake_case name but not by both, {@code null} is absent, unknown members
 * are refused, 64-bit integers are strings or numbers, bytes are base64 in either alphabet, padded
 * or not, in which line breaks do not count.
 *
 * <p>Which members are known shows by what is asked for. So: ask for every member of the message,
 * then call {@link #finish()} on the outermost reader, which answers for all readers that came out
 * of it. Asking for a nested object twice gives two readers, each of which has to see every member.
 * Not for use by several threads.
 */
public final class ProtoFields extends Fields<ProtoFields> {

  private final JsonObject object;
  private final Set<String> known = new HashSet<>();
  private final Map<String, String> protoNames = new HashMap<>();
  private final List<ProtoFields> inside = new ArrayList<>();

  private ProtoFields(JsonObject object, String what) {
    super(what);
    this.object = object;
  }

  private ProtoFields(JsonObject object, ProtoFields parent, String name, int index) {
    super(parent, name, index);
    this.object = object;
  }

  /**
   * A reader for an object.
   *
   * @param what what is being read, for the message
   */
  public static ProtoFields of(JsonObject object, String what) {
    return new ProtoFields(object, what);
  }

  /**
   * Names a member whose name in the message definition does not follow from its JSON name, such as
   * {@code _type}, which is {@code type} there. To be called before the member is asked for.
   *
   * @param protoName the other name; the same again for a member that has only one
   */
  public ProtoFields protoName(String jsonName, String protoName) {
    protoNames.put(jsonName, protoName);
    return this;
  }

  /**
   * An enumeration value by its name or its number.
   *
   * @param numbers the numbers of the names
   * @return the number; not necessarily one of {@code numbers}, as a newer message definition may
   *     have more
   * @throws MalformedInputException when it is a name that is not in {@code numbers}
   */
  public OptionalInt enumNumber(String name, Map<String, Integer> numbers)
      throws MalformedInputException {
    JsonValue value = present(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value instanceof JsonString string) {
      Integer number = numbers.get(string.value());
      if (number == null) {
        throw malformed(name, "unknown value " + Quoted.text(string.value()));
      }
      return OptionalInt.of(number);
    }
    if (value instanceof JsonNumber number) {
      OptionalLong exact = number.exactLong();
      if (exact.isPresent() && (int) exact.getAsLong() == exact.getAsLong()) {
        return OptionalInt.of((int) exact.getAsLong());
      }
      throw malformed(name, "expected an integer of 32 bits");
    }
    throw mistyped(name, "a name or a number", value);
  }

  /** Refuses members, here and in every nested reader, that were never asked for. */
  public void finish() throws MalformedInputException {
    for (JsonObject.Member member : object.members()) {
      if (!known.contains(member.name())) {
        throw malformed("unknown member " + Quoted.text(member.name()));
      }
    }
    for (ProtoFields reader : inside) {
      reader.finish();
    }
  }

  @Override
  @Nullable JsonValue find(String name) throws MalformedInputException {
    String given = protoNames.get(name);
    String other = given == null ? snakeCase(name) : given;
    known.add(name);
    known.add(other);
    JsonValue value = object.find(name);
    if (other.equals(name)) {
      return value;
    }
    JsonValue otherValue = object.find(other);
    if (value != null && otherValue != null) {
      throw malformed("members \"" + name + "\" and \"" + other + "\" are the same field");
    }
    return value == null ? otherValue : value;
  }

  @Override
  ProtoFields nested(JsonObject nested, String name, int index) {
    ProtoFields reader = new ProtoFields(nested, this, name, index);
    inside.add(reader);
    return reader;
  }

  @Override
  Bytes decodeBytes(String text, String where) throws MalformedInputException {
    return Base64Text.decodeAnyVariantIgnoringNewlines(text, where);
  }

  @Override
  OptionalLong decodeInt64(JsonValue value) {
    if (value instanceof JsonNumber number) {
      return number.exactLong();
    }
    return value instanceof JsonString string
        ? JsonNumber.parseLong(string.value())
        : OptionalLong.empty();
  }

  private static String snakeCase(String lowerCamelCase) {
    StringBuilder snake = new StringBuilder(lowerCamelCase.length() + 4);
    for (int i = 0; i < lowerCamelCase.length(); i++) {
      char c = lowerCamelCase.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        snake.append('_').append((char) (c + ('a' - 'A')));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }
}
