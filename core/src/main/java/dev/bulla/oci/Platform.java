package dev.bulla.oci;

import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import java.util.Optional;

/**
 * What an image of an index runs on, or which of them is wanted. Source: OCI image-spec 1.1,
 * image-index.md.
 *
 * @param os empty where it is not said, or does not matter
 * @param architecture as {@code os}
 * @param variant as {@code os}
 * @param osVersion as {@code os}
 */
public record Platform(String os, String architecture, String variant, String osVersion) {

  private static final String WHAT = "platform";

  /**
   * Reads {@code os[/architecture[/variant]][:version]}, as typed.
   *
   * @throws MalformedInputException in the words of the Go client
   */
  public static Platform parse(String typed) throws MalformedInputException {
    int colon = typed.indexOf(':');
    String version = colon < 0 ? "" : typed.substring(colon + 1);
    String[] parts = (colon < 0 ? typed : typed.substring(0, colon)).split("/", -1);
    if (version.indexOf(':') >= 0) {
      throw MalformedInputException.verbatim(
          "too many colons in platform spec: " + Quoted.plain(typed));
    }
    if (parts.length > 3) {
      throw MalformedInputException.verbatim(
          "too many slashes in platform spec: " + Quoted.plain(typed));
    }
    return new Platform(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "", version);
  }

  /** The platform of an index entry; empty where the entry names none. */
  public static Optional<Platform> of(Descriptor entry) throws MalformedInputException {
    if (entry.platform().isEmpty()) {
      return Optional.empty();
    }
    GoFields fields = GoFields.of(entry.platform().get(), WHAT);
    return Optional.of(
        new Platform(
            fields.string("os").orElse(""),
            fields.string("architecture").orElse(""),
            fields.string("variant").orElse(""),
            fields.string("os.version").orElse("")));
  }

  /** Whether another platform has everything that this one names. */
  public boolean accepts(Platform other) {
    return (os.isEmpty() || os.equals(other.os))
        && (architecture.isEmpty() || architecture.equals(other.architecture))
        && (variant.isEmpty() || variant.equals(other.variant))
        && (osVersion.isEmpty() || osVersion.equals(other.osVersion));
  }

  /** The platform object of an index entry, as Go clients write it. */
  public JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder().put("architecture", architecture).put("os", os);
    if (!osVersion.isEmpty()) {
      json.put("os.version", osVersion);
    }
    if (!variant.isEmpty()) {
      json.put("variant", variant);
    }
    return json.build();
  }

  /** {@code os/architecture/variant:version}, as far as it is known. */
  @Override
  public String toString() {
    return os
        + (architecture.isEmpty() ? "" : "/" + architecture)
        + (variant.isEmpty() ? "" : "/" + variant)
        + (osVersion.isEmpty() ? "" : ":" + osVersion);
  }
}
