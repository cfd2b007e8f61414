package dev.bulla.kms.azure;

import dev.bulla.bytes.Bytes;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Key Vault's spelling of ECDSA signatures, the two numbers side by side and each as long as the
 * curve's (RFC 7518 §3.4), and everybody else's, ASN.1 DER (RFC 3279 §2.2.3).
 */
final class RawEcdsa {

  private RawEcdsa() {}

  /** DER of a signature of two numbers of equal length. */
  static Bytes toDer(Bytes raw) {
    byte[] all = raw.toByteArray();
    int half = all.length / 2;
    byte[] r = new BigInteger(1, all, 0, half).toByteArray();
    byte[] s = new BigInteger(1, all, half, half).toByteArray();
    Bytes content =
        Bytes.concat(header(0x02, r.length), Bytes.of(r), header(0x02, s.length), Bytes.of(s));
    return Bytes.concat(header(0x30, content.size()), content);
  }

  private static Bytes header(int tag, int size) {
    // the largest, on P-521, has 139 bytes
    return size < 0x80
        ? Bytes.of(new byte[] {(byte) tag, (byte) size})
        : Bytes.of(new byte[] {(byte) tag, (byte) 0x81, (byte) size});
  }

  /**
   * The two numbers of a DER SEQUENCE of two INTEGERs, padded.
   *
   * @param length of each, in bytes
   * @return empty when it is not that, or a number is too long
   */
  static Optional<Bytes> fromDer(Bytes der, int length) {
    byte[] all = der.toByteArray();
    byte[] out = new byte[2 * length];
    int[] at = {0};
    int end = enter(all, at, 0x30);
    if (end != all.length) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      int to = enter(all, at, 0x02);
      int start = at[0];
      if (to <= start || all[start] < 0) {
        return Optional.empty();
      }
      if (all[start] == 0 && to - start > 1) {
        if (all[start + 1] >= 0) {
          return Optional.empty();
        }
        start++;
      }
      if (to - start > length) {
        return Optional.empty();
      }
      System.arraycopy(all, start, out, (i + 1) * length - (to - start), to - start);
      at[0] = to;
    }
    return at[0] == end ? Optional.of(Bytes.owning(out)) : Optional.empty();
  }

  /** Steps behind a header; the end of the element, or -1. */
  private static int enter(byte[] all, int[] at, int tag) {
    int i = at[0];
    if (i + 2 > all.length || all[i] != (byte) tag) {
      return -1;
    }
    int size = all[i + 1] & 0xff;
    i += 2;
    if (size > 0x80) {
      int count = size - 0x80;
      if (count > 2 || i + count > all.length || all[i] == 0) {
        return -1;
      }
      size = 0;
      for (int n = 0; n < count; n++) {
        size = (size << 8) | (all[i++] & 0xff);
      }
      if (size < 0x80) {
        return -1;
      }
    } else if (size == 0x80) {
      return -1;
    }
    at[0] = i;
    return size > all.length - i ? -1 : i + size;
  }
}
