package dev.bulla.json;

import dev.bulla.bytes.Bytes;

/**
 * JSON as Go's protojson writes it (spec: formats.md 0.2): bundles, in-toto statements, Rekor v2
 * requests.
 *
 * <p>Members in the order given, no whitespace, nothing escaped beyond quote, backslash and control
 * characters. Leaving out default values, and spelling 64-bit integers as strings, is up to the
 * caller, who knows the message. Upstream's own whitespace varies from build to build: sign and
 * keep the bytes made here, never expect to make another writer's.
 */
public final class ProtoJson {

  private ProtoJson() {}

  /**
   * Without any whitespace or final newline.
   *
   * @throws IllegalArgumentException for a string with an unpaired surrogate; parsed values have
   *     none
   */
  public static Bytes write(JsonValue value) {
    return new TreeWriter(false, false, 0).write(value);
  }
}
