package dev.bulla;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.Signer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How to sign.
 *
 * @param formats how to store the signature; at least one
 * @param annotations part of what is signed
 * @param payload bytes to sign instead of the generated payload; legacy format only
 * @param identities what legacy payloads claim as the image's name, one signature each; empty for
 *     the repository's name
 * @param recordCreationTime whether a legacy signature object says when it was last written
 * @param services what vouches for the signature beside the key
 */
public record SignRequest(
    Signer signer,
    Set<Format> formats,
    Map<String, String> annotations,
    Optional<Bytes> payload,
    List<String> identities,
    boolean recordCreationTime,
    SigningServices services) {

  /** How a signature is stored. */
  public enum Format {
    /** Simple signing in the {@code .sig} tag. */
    LEGACY,
    /** A Sigstore bundle as a referrer. */
    BUNDLE
  }

  public SignRequest {
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("no format");
    }
    formats = Set.copyOf(formats);
    annotations = Map.copyOf(annotations);
    identities = List.copyOf(identities);
  }

  /** Today's format, nothing special. */
  public static SignRequest of(Signer signer) {
    return new SignRequest(
        signer,
        Set.of(Format.BUNDLE),
        Map.of(),
        Optional.empty(),
        List.of(),
        false,
        SigningServices.NONE);
  }

  public SignRequest withFormats(Set<Format> replacement) {
    return new SignRequest(
        signer, replacement, annotations, payload, identities, recordCreationTime, services);
  }

  public SignRequest withAnnotations(Map<String, String> replacement) {
    return new SignRequest(
        signer, formats, replacement, payload, identities, recordCreationTime, services);
  }

  public SignRequest withServices(SigningServices replacement) {
    return new SignRequest(
        signer, formats, annotations, payload, identities, recordCreationTime, replacement);
  }
}
