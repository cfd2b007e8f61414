package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.oci.DigestReference;
import java.util.List;
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

  /** A payload and its signature, in the legacy format. */
  public record LegacySigned(Bytes payload, Bytes signature) {}

  public SignedManifest {
    legacy = List.copyOf(legacy);
  }

  public DigestReference image() {
    return target.image();
  }
}
