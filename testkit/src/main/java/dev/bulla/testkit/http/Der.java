package dev.bulla.testkit.http;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The few pieces of DER (X.690) that a certificate is made of. Writes only. */
final class Der {

  static final byte[] TRUE = {1, 1, (byte) 0xff};
  static final byte[] OID_BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
  static final byte[] OID_KEY_USAGE = oid(0x55, 0x1d, 0x0f);
  static final byte[] OID_EXTENDED_USAGE = oid(0x55, 0x1d, 0x25);
  static final byte[] OID_ALTERNATIVE_NAMES = oid(0x55, 0x1d, 0x11);
  static final byte[] OID_SERVER_AUTH = oid(0x2b, 6, 1, 5, 5, 7, 3, 1);
  static final byte[] OID_CLIENT_AUTH = oid(0x2b, 6, 1, 5, 5, 7, 3, 2);
  private static final byte[] OID_COMMON_NAME = oid(0x55, 4, 3);

  /** The algorithm identifier of ECDSA with SHA-256 (RFC 5758 §3.2). */
  static final byte[] ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

  private Der() {}

  static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length > 0xff) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length & 0xff);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tagged(0x30, parts);
  }

  static byte[] integer(long value) {
    return tagged(2, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] time(String utcTime) {
    return tagged(0x17, ascii(utcTime));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whole bytes as a bit string. */
  static byte[] bits(byte[] bytes) {
    return tagged(3, new byte[] {0}, bytes);
  }

  /** One byte of flags as a bit string. */
  static byte[] bits(int unused, int flags) {
    return tagged(3, new byte[] {(byte) unused, (byte) flags});
  }

  /** A distinguished name of a common name only. */
  static byte[] commonName(String name) {
    return sequence(
        tagged(
            0x31, sequence(OID_COMMON_NAME, tagged(0x0c, name.getBytes(StandardCharsets.UTF_8)))));
  }

  static byte[] extension(byte[] oid, boolean critical, byte[] value) {
    byte[] wrapped = tagged(4, value);
    return critical ? sequence(oid, TRUE, wrapped) : sequence(oid, wrapped);
  }

  private static byte[] oid(int... encoded) {
    byte[] bytes = new byte[encoded.length];
    for (int i = 0; i < encoded.length; i++) {
      bytes[i] = (byte) encoded[i];
    }
    return tagged(6, bytes);
  }
}
