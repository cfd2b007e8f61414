package dev.bulla.dsse;

import dev.bulla.bytes.Bytes;
import java.util.List;

/**
 * A payload with its signatures. Source: DSSE protocol v1, envelope.md.
 *
 * @param payload as signed, already decoded
 */
public record Envelope(String payloadType, Bytes payload, List<Signature> signatures) {

  /** The payload type of in-toto statements. */
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  /**
   * One signature over {@link Envelope#signedBytes}.
   *
   * @param keyid a hint of the signer's, possibly empty; never trusted
   */
  public record Signature(Bytes sig, String keyid) {}

  public Envelope {
    signatures = List.copyOf(signatures);
  }

  /** What the signatures cover. */
  public Bytes signedBytes() {
    return PreAuthEncoding.of(payloadType, payload);
  }
}
