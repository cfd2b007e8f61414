package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;

/**
 * Parses JSON documents, strictly: RFC 8259 without extensions, UTF-8 without a byte order mark,
 * exactly one value, no member name twice, no unpaired surrogate, no number beyond a double.
 * Whoever accepts the same bytes elsewhere reads the same values.
 *
 * <p>{@link MalformedInputException} is all that comes out for bad input, whatever the bytes are.
 * Its message has the position and member names, and never a value.
 */
public final class JsonParser {

  private JsonParser() {}

  /**
   * The value that the document is, under {@link JsonLimits#DEFAULT}.
   *
   * @param what what is being read, for the message
   */
  public static JsonValue parse(Bytes input, String what) throws MalformedInputException {
    return parse(input, what, JsonLimits.DEFAULT);
  }

  /** As {@link #parse(Bytes, String)}, under other limits. */
  public static JsonValue parse(Bytes input, String what, JsonLimits limits)
      throws MalformedInputException {
    if (input.size() > limits.maxBytes()) {
      throw new MalformedInputException(
          what, "larger than the limit of " + limits.maxBytes() + " bytes");
    }
    return TreeReader.read(input, what, limits);
  }

  /** As {@link #parse(Bytes, String)}, for a document that has to be an object. */
  public static JsonObject parseObject(Bytes input, String what) throws MalformedInputException {
    return parseObject(input, what, JsonLimits.DEFAULT);
  }

  /** As {@link #parseObject(Bytes, String)}, under other limits. */
  public static JsonObject parseObject(Bytes input, String what, JsonLimits limits)
      throws MalformedInputException {
    if (parse(input, what, limits) instanceof JsonObject object) {
      return object;
    }
    throw new MalformedInputException(what, "not a JSON object");
  }
}
