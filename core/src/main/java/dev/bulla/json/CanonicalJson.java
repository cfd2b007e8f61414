package dev.bulla.json;

import dev.bulla.bytes.Bytes;

/**
 * JSON in its canonical form, RFC 8785 ("JCS"): members sorted by UTF-16 code units, numbers as
 * ECMAScript prints the nearest double, least escaping, no whitespace. Equal values have equal
 * bytes.
 *
 * <p>By that rule an integer beyond 2<sup>53</sup> loses digits, and two of them can have the same
 * bytes. Whoever puts 64-bit integers in and takes the bytes for proof of them checks the range
 * first.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  /**
   * The canonical bytes.
   *
   * @throws IllegalArgumentException for a string with an unpaired surrogate; parsed values have
   *     none
   */
  public static Bytes write(JsonValue value) {
    return new TreeWriter(false, true, 0).write(value);
  }
}
