package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/**
 * A certificate transparency log, as far as its timestamps go (RFC 6962 §3.2). It keeps nothing.
 */
public final class VirtualCtLog {

  private final VirtualKey key;

  private VirtualCtLog(VirtualKey key) {
    this.key = key;
  }

  /**
   * A log with a fresh key: P-256 or RSA as RFC 6962 wants it, or a curve that it does not know.
   */
  public static VirtualCtLog create(KeyType type) {
    if (type == KeyType.ED25519) {
      throw new IllegalArgumentException("RFC 6962 knows no Ed25519");
    }
    return new VirtualCtLog(VirtualKey.create(type));
  }

  public VirtualKey key() {
    return key;
  }

  /** The SHA-256 of its public key. */
  public Bytes logId() {
    return PemText.sha256(key.spki());
  }

  /**
   * The timestamp to be embedded in a certificate.
   *
   * @param issuerSpki the public key of the issuer
   * @param body the certificate's TBSCertificate without any timestamp
   */
  Bytes embedded(Instant time, Bytes issuerSpki, Bytes body, Bytes extensions) {
    Bytes entry = Bytes.concat(PemText.sha256(issuerSpki), vector(3, body));
    return timestamp(time, 1, entry, extensions);
  }

  /**
   * The answer of a log to which a whole certificate was submitted: the detached timestamp.
   *
   * @param certificate in DER
   */
  public JsonObject detached(Instant time, Bytes certificate) {
    return json(time, timestamp(time, 0, vector(3, certificate), Bytes.EMPTY));
  }

  /** The answer of a log to which a precertificate was submitted. */
  JsonObject promise(Instant time, PreCertificate submitted) {
    return json(time, embedded(time, submitted.issuerSpki(), submitted.body(), Bytes.EMPTY));
  }

  private JsonObject json(Instant time, Bytes sct) {
    // version, id, time, no extensions; the rest is the signature with its algorithms
    return JsonObject.builder()
        .put("sct_version", 0)
        .put("id", Base64Text.encode(logId()))
        .put("timestamp", time.toEpochMilli())
        .put("extensions", "")
        .put("signature", Base64Text.encode(sct.slice(43, sct.size())))
        .build();
  }

  private Bytes timestamp(Instant time, int entryType, Bytes entry, Bytes extensions) {
    Bytes millis = number(8, time.toEpochMilli());
    Bytes signed =
        Bytes.concat(
            number(1, 0), number(1, 0), millis, number(2, entryType), entry, vector(2, extensions));
    // RFC 6962 §2.1.4: SHA-256 whatever the key
    Bytes signature = key.sign(HashAlgorithm.SHA256, signed);
    return Bytes.concat(
        number(1, 0),
        logId(),
        millis,
        vector(2, extensions),
        number(1, 4),
        number(1, key.type().family() == KeyType.Family.RSA ? 1 : 3),
        vector(2, signature));
  }

  /** A SignedCertificateTimestampList. */
  static Bytes list(List<Bytes> timestamps) {
    Bytes all = Bytes.EMPTY;
    for (Bytes one : timestamps) {
      all = Bytes.concat(all, vector(2, one));
    }
    return vector(2, all);
  }

  private static Bytes vector(int lengthBytes, Bytes content) {
    return Bytes.concat(number(lengthBytes, content.size()), content);
  }

  private static Bytes number(int bytes, long value) {
    byte[] whole = ByteBuffer.allocate(8).putLong(value).array();
    return Bytes.of(whole, 8 - bytes, 8);
  }
}
