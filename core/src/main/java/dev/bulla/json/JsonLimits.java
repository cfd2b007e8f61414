package dev.bulla.json;

import dev.bulla.limits.Limits;

/**
 * How much of a document {@link JsonParser} takes. What exceeds a limit is malformed.
 *
 * @param maxBytes size of the document
 * @param maxDepth levels of arrays and objects inside each other, at most {@value #HIGHEST_DEPTH};
 *     a scalar has none
 * @param maxValues values of every kind in the whole document (count)
 * @param maxMembers members of one object (count)
 * @param maxStringLength length of one string or name, in UTF-16 units
 * @param maxNumberLength length of one number as spelled, in characters
 */
public record JsonLimits(
    int maxBytes,
    int maxDepth,
    int maxValues,
    int maxMembers,
    int maxStringLength,
    int maxNumberLength) {

  /** Parsing, writing and comparing recurse once per level; this many fit any thread's stack. */
  public static final int HIGHEST_DEPTH = 128;

  /**
   * For documents of evidence: {@link Limits#MAX_BUNDLE} bytes, {@link Limits#MAX_JSON_DEPTH}
   * levels, half a million values. A statement about a large SBOM fits.
   */
  public static final JsonLimits DEFAULT =
      new JsonLimits(
          Limits.MAX_BUNDLE, Limits.MAX_JSON_DEPTH, 500_000, 50_000, Limits.MAX_BUNDLE, 64);

  public JsonLimits {
    if (maxDepth < 0 || maxDepth > HIGHEST_DEPTH) {
      throw new IllegalArgumentException("depth outside 0 to " + HIGHEST_DEPTH + ": " + maxDepth);
    }
    if (maxBytes < 0
        || maxValues < 1
        || maxMembers < 0
        || maxStringLength < 0
        || maxNumberLength < 1) {
      throw new IllegalArgumentException("a limit is below its minimum");
    }
  }

  /** These limits for a document of another size, which one string may fill. */
  public JsonLimits withMaxBytes(int bytes) {
    return new JsonLimits(bytes, maxDepth, maxValues, maxMembers, bytes, maxNumberLength);
  }

  /** These limits with another number of values in the document. */
  public JsonLimits withMaxValues(int values) {
    return new JsonLimits(maxBytes, maxDepth, values, maxMembers, maxStringLength, maxNumberLength);
  }
}
