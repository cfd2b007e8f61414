package dev.bulla.evidence;

import dev.bulla.bytes.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * One layer of a legacy signature object: a simple-signing payload and its signature in an
 * annotation.
 *
 * @param payload the bytes that are signed, as received
 * @param signatureText the signature as stored, normally base64; not decoded yet
 * @param annotations all annotations of the layer, sorted by key
 */
public record LegacySignature(
    Origin origin, Bytes payload, String signatureText, Map<String, String> annotations)
    implements Candidate {

  /** The annotation that holds the signature. */
  public static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

  /** The name that cosign's first README printed for it. */
  public static final String V01_SIGNATURE_ANNOTATION = "dev.sigstore.cosign/signature";

  public static final String CERTIFICATE_ANNOTATION = "dev.sigstore.cosign/certificate";
  public static final String CHAIN_ANNOTATION = "dev.sigstore.cosign/chain";
  public static final String LOG_BUNDLE_ANNOTATION = "dev.sigstore.cosign/bundle";
  public static final String TIMESTAMP_ANNOTATION = "dev.sigstore.cosign/rfc3161timestamp";

  public LegacySignature {
    annotations = Map.copyOf(annotations);
  }

  /** The signer's certificate in PEM; an empty annotation is none. */
  public Optional<String> certificate() {
    return nonEmpty(CERTIFICATE_ANNOTATION);
  }

  /** The certificates above the signer's in PEM. */
  public Optional<String> chain() {
    return nonEmpty(CHAIN_ANNOTATION);
  }

  /** The transparency log's entry as cosign's own JSON. */
  public Optional<String> logBundle() {
    return nonEmpty(LOG_BUNDLE_ANNOTATION);
  }

  /** The RFC 3161 timestamp as cosign's own JSON. */
  public Optional<String> timestamp() {
    return nonEmpty(TIMESTAMP_ANNOTATION);
  }

  private Optional<String> nonEmpty(String key) {
    return Optional.ofNullable(annotations.get(key)).filter(value -> !value.isEmpty());
  }
}
