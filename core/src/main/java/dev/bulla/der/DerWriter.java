package dev.bulla.der;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Writes the few ASN.1 DER elements that keys and signatures are made of. */
public final class DerWriter {

  private DerWriter() {}

  /** An element with the given tag and, as its content, the parts one after the other. */
  public static byte[] element(int tag, byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size = Math.addExact(size, part.length);
    }
    byte[] header = header(tag, size);
    byte[] out = new byte[header.length + size];
    System.arraycopy(header, 0, out, 0, header.length);
    int at = header.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }

  private static byte[] header(int tag, int size) {
    if (size < 0x80) {
      return new byte[] {(byte) tag, (byte) size};
    }
    int count = size < 1 << 8 ? 1 : size < 1 << 16 ? 2 : size < 1 << 24 ? 3 : 4;
    byte[] out = new byte[2 + count];
    out[0] = (byte) tag;
    out[1] = (byte) (0x80 | count);
    for (int i = 0; i < count; i++) {
      out[2 + i] = (byte) (size >>> (8 * (count - 1 - i)));
    }
    return out;
  }

  public static byte[] sequence(byte[]... parts) {
    return element(DerReader.SEQUENCE, parts);
  }

  public static byte[] integer(BigInteger value) {
    return element(DerReader.INTEGER, value.toByteArray());
  }

  public static byte[] integer(int value) {
    return integer(BigInteger.valueOf(value));
  }

  public static byte[] octets(byte[] content) {
    return element(DerReader.OCTET_STRING, content);
  }

  public static byte[] bits(byte[] wholeBytes) {
    return element(DerReader.BIT_STRING, new byte[] {0}, wholeBytes);
  }

  /** An object identifier given in dotted form. */
  public static byte[] oid(String dotted) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int firstDot = dotted.indexOf('.');
    int secondDot = dotted.indexOf('.', firstDot + 1);
    long first = Long.parseLong(dotted.substring(0, firstDot));
    writeArc(content, 40 * first + Long.parseLong(dotted.substring(firstDot + 1, secondDot)));
    int at = secondDot;
    while (at >= 0) {
      int next = dotted.indexOf('.', at + 1);
      writeArc(
          content, Long.parseLong(dotted.substring(at + 1, next < 0 ? dotted.length() : next)));
      at = next;
    }
    return element(DerReader.OID, content.toByteArray());
  }

  private static void writeArc(ByteArrayOutputStream out, long arc) {
    int groups = Math.max(1, (63 - Long.numberOfLeadingZeros(arc)) / 7 + 1);
    for (int i = groups - 1; i > 0; i--) {
      out.write((int) ((arc >>> (7 * i)) & 0x7f) | 0x80);
    }
    out.write((int) (arc & 0x7f));
  }

  public static byte[] nothing() {
    return new byte[] {DerReader.NULL, 0};
  }
}
