package dev.bulla.bundle;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import java.util.List;
import java.util.Optional;

/**
 * A well-formed Sigstore bundle. Nothing in it is checked.
 *
 * @param mediaType as written
 * @param logEntries at most 32
 * @param timestamps DER-encoded RFC 3161 responses, at most 32
 */
public record Bundle(
    String mediaType,
    Version version,
    KeyMaterial keyMaterial,
    List<LogEntry> logEntries,
    List<Bytes> timestamps,
    Content content) {

  /** The versions that differ in what they allow. */
  public enum Version {
    V0_1,
    V0_2,
    V0_3
  }

  /** Who signed, according to the bundle. */
  public sealed interface KeyMaterial permits PublicKeyHint, CertificateChain {}

  /**
   * A public key that the verifier has to know from elsewhere.
   *
   * @param hint unauthenticated, possibly empty
   */
  public record PublicKeyHint(String hint) implements KeyMaterial {}

  /**
   * A signing certificate.
   *
   * @param certificates DER, the signer's first; exactly one unless the bundle is older than 0.3
   */
  public record CertificateChain(List<Bytes> certificates) implements KeyMaterial {
    public CertificateChain {
      certificates = List.copyOf(certificates);
    }
  }

  /** What was signed. */
  public sealed interface Content permits MessageSignature, DsseContent {}

  /**
   * A signature over an artifact's bytes.
   *
   * @param digest the artifact's digest as the signer recorded it, absent for pure Ed25519
   */
  public record MessageSignature(Optional<MessageDigest> digest, Bytes signature)
      implements Content {}

  /**
   * The digest in a message signature.
   *
   * @param digest as the signer recorded it; its length is not checked
   */
  public record MessageDigest(HashAlgorithm algorithm, Bytes digest) {}

  /** A signed envelope. */
  public record DsseContent(Envelope envelope) implements Content {}

  /**
   * An entry of a transparency log with what is needed to check it.
   *
   * @param logIndex position over all shards
   * @param integratedTime seconds since 1970, 0 when the log gives no time
   */
  public record LogEntry(
      long logIndex,
      Bytes logId,
      String kind,
      String version,
      long integratedTime,
      Optional<Bytes> inclusionPromise,
      Optional<InclusionProof> inclusionProof,
      Bytes canonicalizedBody) {}

  /** A Merkle inclusion proof with the checkpoint it leads to. */
  public record InclusionProof(
      long logIndex, Bytes rootHash, long treeSize, List<Bytes> hashes, String checkpoint) {
    public InclusionProof {
      hashes = List.copyOf(hashes);
    }
  }

  public Bundle {
    logEntries = List.copyOf(logEntries);
    timestamps = List.copyOf(timestamps);
  }

  /** A bundle of today's version, signed with a key, without log entry and timestamp. */
  public static Bundle signedWithKey(String hint, Content content) {
    return new Bundle(
        BundleJson.MEDIA_TYPE,
        Version.V0_3,
        new PublicKeyHint(hint),
        List.of(),
        List.of(),
        content);
  }
}
