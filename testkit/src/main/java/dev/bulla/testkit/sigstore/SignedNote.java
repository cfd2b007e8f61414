package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.key.KeyType;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature). */
final class SignedNote {

  private static final int ED25519 = 1;
  private static final int COSIGNATURE = 4;

  private SignedNote() {}

  /** The signed text of a checkpoint. */
  static String text(String origin, long size, Bytes root) {
    return origin + "\n" + size + "\n" + Base64Text.encode(root) + "\n";
  }

  /**
   * The whole id of a log's key; its first four bytes are the hint.
   *
   * @param name the name in the signature line, which an Ed25519 key's id depends on
   */
  static Bytes keyId(String name, VirtualKey key) {
    if (key.type() == KeyType.ED25519) {
      return typedKeyId(name, ED25519, key);
    }
    if (key.type().family() == KeyType.Family.RSA) {
      return PemText.sha256(
          Bytes.utf8(name + "\n"),
          Bytes.of((byte) 0xff),
          Bytes.utf8("PKIX-RSA-PKCS#1v1.5"),
          key.spki());
    }
    return PemText.sha256(key.spki());
  }

  private static Bytes typedKeyId(String name, int type, VirtualKey key) {
    Bytes spki = key.spki();
    return PemText.sha256(
        Bytes.utf8(name + "\n"), Bytes.of((byte) type), spki.slice(spki.size() - 32, spki.size()));
  }

  /** The line of the log itself. */
  static String signatureLine(String name, VirtualKey key, String text) {
    return line(name, keyId(name, key), key.sign(Bytes.utf8(text)));
  }

  /** The line of a witness, whose key has to be Ed25519. */
  static String cosignatureLine(String name, VirtualKey key, Instant time, String text) {
    long seconds = time.getEpochSecond();
    Bytes signed = Bytes.utf8("cosignature/v1\ntime " + seconds + "\n" + text);
    Bytes stamp = Bytes.owning(ByteBuffer.allocate(8).putLong(seconds).array());
    return line(name, typedKeyId(name, COSIGNATURE, key), Bytes.concat(stamp, key.sign(signed)));
  }

  /** A line of any content. */
  static String line(String name, Bytes keyId, Bytes signature) {
    return "\u2014 "
        + name
        + " "
        + Base64Text.encode(Bytes.concat(keyId.slice(0, 4), signature))
        + "\n";
  }
}
