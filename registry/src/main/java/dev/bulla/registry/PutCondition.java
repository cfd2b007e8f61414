package dev.bulla.registry;

import dev.bulla.registry.transport.Headers;
import java.util.Optional;

/**
 * What a tag has to be for a write to happen (RFC 9110 §13.1). Registries may ignore it, so success
 * proves nothing; a registry that honours it answers 412 otherwise.
 */
public final class PutCondition {

  private static final PutCondition NONE = new PutCondition("", "");
  private static final PutCondition ABSENT = new PutCondition("If-None-Match", "*");

  private final String header;
  private final String value;

  private PutCondition(String header, String value) {
    this.header = header;
    this.value = value;
  }

  /** Whatever it is. */
  public static PutCondition none() {
    return NONE;
  }

  /** That there is none. */
  public static PutCondition absent() {
    return ABSENT;
  }

  /** That it still names what was fetched; no condition where the registry named no version. */
  public static PutCondition still(FetchedManifest fetched) {
    Optional<String> etag = fetched.etag();
    return etag.isPresent() && isStrong(etag.get())
        ? new PutCondition("If-Match", etag.get())
        : NONE;
  }

  /** Whether it names exact bytes (RFC 9110 §8.8.3), and can be sent back. */
  static boolean isStrong(String etag) {
    return etag.startsWith("\"") && Headers.isFieldValue(etag);
  }

  Call on(Call call) {
    return header.isEmpty() ? call : call.with(header, value);
  }

  @Override
  public String toString() {
    return header.isEmpty() ? "no condition" : header + ": " + value;
  }
}
