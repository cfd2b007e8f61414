package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the doubles write of DER (X.690). */
final class Asn1 {

  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  static final int OCTETS = 4;
  static final Bytes NULL = Bytes.of((byte) 5, (byte) 0);
  static final Bytes TRUE = Bytes.of((byte) 1, (byte) 1, (byte) 0xff);

  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Instant END_OF_UTC_TIME = Instant.parse("2050-01-01T00:00:00Z");

  private Asn1() {}

  static Bytes tagged(int tag, Bytes... parts) {
    Bytes content = Bytes.concat(parts);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(tag);
    int length = content.size();
    if (length < 0x80) {
      head.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int from = digits[0] == 0 ? 1 : 0;
      head.write(0x80 | (digits.length - from));
      head.write(digits, from, digits.length - from);
    }
    return Bytes.concat(Bytes.owning(head.toByteArray()), content);
  }

  static Bytes sequence(Bytes... parts) {
    return tagged(SEQUENCE, parts);
  }

  static Bytes sequence(List<Bytes> parts) {
    return tagged(SEQUENCE, parts.toArray(Bytes[]::new));
  }

  /** A SET OF, in the order that DER wants. */
  static Bytes setOf(Bytes... parts) {
    List<Bytes> sorted = new ArrayList<>(List.of(parts));
    sorted.sort((a, b) -> Arrays.compareUnsigned(a.toByteArray(), b.toByteArray()));
    return tagged(SET, sorted.toArray(Bytes[]::new));
  }

  /** A context-specific tag around whole values. */
  static Bytes explicit(int number, Bytes... parts) {
    return tagged(0xa0 | number, parts);
  }

  static Bytes integer(BigInteger value) {
    return tagged(2, Bytes.owning(value.toByteArray()));
  }

  static Bytes integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  static Bytes octets(Bytes content) {
    return tagged(OCTETS, content);
  }

  /** Whole bytes as a bit string. */
  static Bytes bits(Bytes content) {
    return tagged(3, Bytes.of((byte) 0), content);
  }

  /** One byte of flags as a bit string. */
  static Bytes flags(int unusedBits, int flags) {
    return tagged(3, Bytes.of((byte) unusedBits, (byte) flags));
  }

  static Bytes utf8(String text) {
    return tagged(0x0c, Bytes.utf8(text));
  }

  static Bytes oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    arc(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      arc(out, Long.parseLong(arcs[i]));
    }
    return tagged(6, Bytes.owning(out.toByteArray()));
  }

  private static void arc(ByteArrayOutputStream out, long value) {
    for (int shift = 56; shift > 0; shift -= 7) {
      if (value >> shift != 0) {
        out.write((int) (0x80 | (value >> shift & 0x7f)));
      }
    }
    out.write((int) (value & 0x7f));
  }

  /** The time of a certificate: two digits of the year before 2050 (RFC 5280 §4.1.2.5). */
  static Bytes time(Instant time) {
    return time.isBefore(END_OF_UTC_TIME)
        ? tagged(0x17, ascii(UTC_TIME.format(time)))
        : generalizedTime(time);
  }

  static Bytes generalizedTime(Instant time) {
    return tagged(0x18, ascii(GENERALIZED_TIME.format(time)));
  }

  static Bytes ascii(String text) {
    return Bytes.owning(text.getBytes(StandardCharsets.US_ASCII));
  }
}
