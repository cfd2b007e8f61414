package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.time.Instant;

/** Makes signed certificate timestamps. */
public final class Promise {

  static final String EXTENSION = "1.3.6.1.4.1.11129.2.4.2";

  private Promise() {}

  /** A promise for a leaf that is about to be made, as its serialised form. */
  static byte[] of(
      Made issuer, Mint leaf, KeyPair log, Instant at, byte[] extensions, String algorithm) {
    byte[] body = leaf.without(EXTENSION).body();
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    number(entry, 1, 2);
    entry.writeBytes(
        Digest.sha256(Bytes.of(issuer.keys().getPublic().getEncoded())).bytes().toByteArray());
    number(entry, body.length, 3);
    entry.writeBytes(body);
    return serialized(entry.toByteArray(), log, at, extensions, algorithm);
  }

  /** A promise for a whole certificate. */
  static byte[] detached(Made leaf, KeyPair log, Instant at) {
    byte[] der = leaf.certificate().der().toByteArray();
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    number(entry, 0, 2);
    number(entry, der.length, 3);
    entry.writeBytes(der);
    return serialized(entry.toByteArray(), log, at, new byte[0], "SHA256withECDSA");
  }

  private static byte[] serialized(
      byte[] entry, KeyPair log, Instant at, byte[] extensions, String algorithm) {
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    number(signed, 0, 2);
    number(signed, at.toEpochMilli(), 8);
    signed.writeBytes(entry);
    vector(signed, extensions);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, 0, 1);
    out.writeBytes(Digest.sha256(Bytes.of(log.getPublic().getEncoded())).bytes().toByteArray());
    number(out, at.toEpochMilli(), 8);
    vector(out, extensions);
    number(out, algorithm.startsWith("SHA256") ? 4 : 6, 1);
    number(out, algorithm.endsWith("RSA") ? 1 : 3, 1);
    vector(out, Mint.sign(algorithm, log, signed.toByteArray()));
    return out.toByteArray();
  }

  /** The extension's value with these promises. */
  static byte[] list(byte[]... promises) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] promise : promises) {
      vector(all, promise);
    }
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    vector(list, all.toByteArray());
    return DerWriter.octets(list.toByteArray());
  }

  private static void vector(ByteArrayOutputStream out, byte[] content) {
    number(out, content.length, 2);
    out.writeBytes(content);
  }

  private static void number(ByteArrayOutputStream out, long value, int size) {
    for (int i = size - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
