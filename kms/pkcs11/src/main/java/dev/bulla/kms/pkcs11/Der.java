package dev.bulla.kms.pkcs11;

import dev.bulla.bytes.Bytes;
import java.math.BigInteger;
import java.util.Optional;

/** The few ASN.1 DER elements that tokens leave to their callers. */
final class Der {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;

  private static final int LONG_FORM = 0x80;

  private Der() {}

  static Bytes element(int tag, Bytes... parts) {
    Bytes content = Bytes.concat(parts);
    int size = content.size();
    Bytes header;
    if (size < LONG_FORM) {
      header = Bytes.of((byte) tag, (byte) size);
    } else if (size < 1 << 8) {
      header = Bytes.of((byte) tag, (byte) 0x81, (byte) size);
    } else if (size < 1 << 16) {
      header = Bytes.of((byte) tag, (byte) 0x82, (byte) (size >> 8), (byte) size);
    } else {
      throw new IllegalArgumentException("too long: " + size);
    }
    return Bytes.concat(header, content);
  }

  /** A number of zero or more, given big-endian without a sign. */
  static Bytes unsigned(Bytes magnitude) {
    return element(INTEGER, Bytes.owning(new BigInteger(1, magnitude.toByteArray()).toByteArray()));
  }

  /** The content of an octet string that is all there is. */
  static Optional<Bytes> octets(Bytes element) {
    int size = element.size();
    for (int header = 2; header <= 4 && header <= size; header++) {
      Bytes content = element.slice(header, size);
      if (element(OCTET_STRING, content).equals(element)) {
        return Optional.of(content);
      }
    }
    return Optional.empty();
  }

  /** Both numbers of a token's ECDSA signature, which come side by side, as others read them. */
  static Bytes ecdsa(Bytes sideBySide) {
    int half = sideBySide.size() / 2;
    return element(
        SEQUENCE, unsigned(sideBySide.slice(0, half)), unsigned(sideBySide.slice(half, 2 * half)));
  }

  /**
   * The reverse of {@link #ecdsa}; nothing when it is no such signature on a curve with coordinates
   * of that length.
   */
  static Optional<Bytes> sideBySide(Bytes signature, int coordinateBytes) {
    int size = signature.size();
    for (int header = 2; header <= 3 && header <= size; header++) {
      // both lengths are below 128
      int first = header;
      if (first + 2 > size || signature.at(first) != INTEGER || signature.at(first + 1) < 1) {
        continue;
      }
      int second = first + 2 + signature.at(first + 1);
      if (second + 2 > size || signature.at(second) != INTEGER || signature.at(second + 1) < 1) {
        continue;
      }
      int end = second + 2 + signature.at(second + 1);
      if (end != size) {
        continue;
      }
      Optional<Bytes> r = fixed(signature.slice(first + 2, second), coordinateBytes);
      Optional<Bytes> s = fixed(signature.slice(second + 2, end), coordinateBytes);
      if (r.isPresent() && s.isPresent()) {
        Bytes both = Bytes.concat(r.get(), s.get());
        if (ecdsa(both).equals(signature)) {
          return Optional.of(both);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Bytes> fixed(Bytes number, int length) {
    byte[] value = new BigInteger(number.toByteArray()).toByteArray();
    int from = value[0] == 0 ? 1 : 0;
    int used = value.length - from;
    if (value[0] < 0 || used > length) {
      return Optional.empty();
    }
    byte[] out = new byte[length];
    System.arraycopy(value, from, out, length - used, used);
    return Optional.of(Bytes.owning(out));
  }
}
