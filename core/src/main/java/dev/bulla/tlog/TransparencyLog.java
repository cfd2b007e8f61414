package dev.bulla.tlog;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.VerificationKey;
import java.time.Instant;
import java.util.Optional;

/**
 * A log that the user trusts, by its key.
 *
 * @param name the host of its address, which Rekor v2 logs sign as their origin; possibly empty
 * @param id how entries name it: the SHA-256 of its key, or its key ID as a signer of notes
 * @param start when it began to be trusted
 * @param end until when, inclusive
 */
public record TransparencyLog(
    String name, Bytes id, VerificationKey key, Instant start, Optional<Instant> end) {

  private static final int HINT_BYTES = 4;
  private static final int ED25519_BYTES = 32;
  private static final Bytes ED25519_MARK = Bytes.of((byte) 0x0a, (byte) 1);
  private static final Bytes RSA_MARK =
      Bytes.concat(Bytes.of((byte) 0x0a, (byte) 0xff), Bytes.utf8("PKIX-RSA-PKCS#1v1.5"));

  /** Whether it was trusted at that time; both ends count. */
  public boolean isTrustedAt(Instant time) {
    return !time.isBefore(start) && (end.isEmpty() || !time.isAfter(end.get()));
  }

  /**
   * Whether the log made that signature: ECDSA in DER and RSA PKCS #1 v1.5, both with SHA-256, or
   * Ed25519. A key on P-384 or P-521 may use the hash of its curve instead, as trusted roots say.
   */
  public boolean signed(Bytes message, Bytes signature) {
    if (key.type() == KeyType.ED25519) {
      return key.check(message, signature, SignatureAlgorithm.ED25519)
          instanceof SignatureCheck.Matched;
    }
    return signed(message, signature, SignatureAlgorithm.natural(key.type()))
        || signed(
            message,
            signature,
            SignatureAlgorithm.of(key.type(), HashAlgorithm.SHA256).orElseThrow());
  }

  private boolean signed(Bytes message, Bytes signature, SignatureAlgorithm algorithm) {
    return key.matchesDigest(Digest.of(algorithm.hash(), message).bytes(), signature, algorithm);
  }

  /** The beginning of the hash of the key, by which checkpoints of Rekor v1 name it. */
  Bytes keyHint() {
    return key.fingerprint().slice(0, HINT_BYTES);
  }

  /** The key's identifier as a signer of notes. Source: C2SP signed-note, "Signature types". */
  public Bytes noteKeyId() {
    return switch (key.type().family()) {
      case EC -> key.fingerprint();
      case RSA -> noteKeyId(RSA_MARK, key.spki());
      case ED25519 ->
          noteKeyId(
              ED25519_MARK, key.spki().slice(key.spki().size() - ED25519_BYTES, key.spki().size()));
    };
  }

  private Bytes noteKeyId(Bytes mark, Bytes keyBytes) {
    return Digest.sha256(Bytes.concat(Bytes.utf8(name), mark, keyBytes)).bytes();
  }

  Bytes noteKeyHint() {
    return noteKeyId().slice(0, HINT_BYTES);
  }
}
