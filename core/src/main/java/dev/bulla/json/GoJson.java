package dev.bulla.json;

import dev.bulla.bytes.Bytes;

/**
 * JSON as Go's encoding/json writes it (spec: formats.md 0.1): payloads, manifests, configs,
 * annotations, legacy bundles, key envelopes.
 *
 * <p>Members in the order given; use {@link JsonObject#sortedStrings} for what is a map in Go.
 * {@code < > &}, U+2028 and U+2029 are escaped, other text is raw UTF-8; an unpaired surrogate
 * becomes an escaped U+FFFD, as Go does with invalid UTF-8. Numbers keep their spelling.
 */
public final class GoJson {

  private GoJson() {}

  /** Without any whitespace or final newline. */
  public static Bytes write(JsonValue value) {
    return new TreeWriter(true, false, 0).write(value);
  }

  /**
   * As Go's {@code MarshalIndent} with an empty prefix: a line per member and element, a space
   * after each colon, empty objects and arrays closed at once, no final newline.
   *
   * @param spaces per level, at least one
   */
  public static Bytes writeIndented(JsonValue value, int spaces) {
    if (spaces < 1) {
      throw new IllegalArgumentException("indentation by " + spaces + " spaces");
    }
    return new TreeWriter(true, false, spaces).write(value);
  }
}
