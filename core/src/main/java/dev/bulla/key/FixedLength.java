package dev.bulla.key;

import java.math.BigInteger;

/** Non-negative integers as big-endian bytes of a set length. */
final class FixedLength {

  private FixedLength() {}

  static void write(BigInteger value, byte[] out, int from, int length) {
    byte[] bytes = value.toByteArray();
    int sign = bytes.length > length ? bytes.length - length : 0;
    int size = bytes.length - sign;
    System.arraycopy(bytes, sign, out, from + length - size, size);
  }

  static byte[] of(BigInteger value, int length) {
    byte[] out = new byte[length];
    write(value, out, 0, length);
    return out;
  }
}
