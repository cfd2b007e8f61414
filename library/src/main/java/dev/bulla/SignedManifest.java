package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.oci.DigestReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest with the signatures that were made for it. They are not stored yet: {@link
 * Bulla#store} does that.
 *
 * @param legacy payloads with their signatures, one per claimed identity
 * @param bundle the bundle's bytes
 */
public record SignedManifest(
    SigningTarget target, List<LegacySigned> legacy, Optional<Bytes> bundle) {

  /**
   * A payload and its signature, in the legacy format.
   *
   * @param annotations of the layer that it will be: the signature, and what vouches for it
   */
  public record LegacySigned(Bytes payload, Bytes signature, Map<String, String> annotations) {
    public LegacySigned {
      annotations = Map.copyOf(annotations);
    }
  }

  public SignedManifest {
    legacy = List.copyOf(legacy);
  }

  public DigestReference image() {
    return target.image();
  }
}
