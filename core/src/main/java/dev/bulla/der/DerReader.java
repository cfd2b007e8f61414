package dev.bulla.der;

import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Reads ASN.1 DER front to back, accepting one encoding of each value: definite lengths in the
 * shortest form, integers in the fewest bytes, nothing after the last element (ITU-T X.690 §10).
 * Works on the caller's array, so that no copies of secrets are made on the way.
 */
public final class DerReader {

  public static final int BOOLEAN = 0x01;
  public static final int INTEGER = 0x02;
  public static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int NULL = 0x05;
  public static final int OID = 0x06;
  public static final int UTF8_STRING = 0x0c;
  public static final int NUMERIC_STRING = 0x12;
  public static final int PRINTABLE_STRING = 0x13;
  public static final int IA5_STRING = 0x16;
  public static final int UTC_TIME = 0x17;
  public static final int GENERALIZED_TIME = 0x18;
  public static final int SEQUENCE = 0x30;
  public static final int SET = 0x31;

  /** Longer than any that names an algorithm; what is refused is quoted in messages. */
  private static final int MAX_OID = 64;

  private final byte[] in;
  private final int end;
  private final String what;
  private int at;

  private DerReader(byte[] in, int from, int end, String what) {
    this.in = in;
    this.at = from;
    this.end = end;
    this.what = what;
  }

  /**
   * A reader of a whole input.
   *
   * @param der not copied, and not to be written to while it is being read
   * @param what what is being read, for the message
   */
  public static DerReader of(byte[] der, String what) {
    return new DerReader(der, 0, der.length, what);
  }

  public boolean hasMore() {
    return at < end;
  }

  public boolean nextIs(int tag) {
    return at < end && (in[at] & 0xff) == tag;
  }

  /** The first byte of the next element, or −1 after the last one. */
  public int nextTag() {
    return at < end ? in[at] & 0xff : -1;
  }

  /** A reader of the content of the next element, which has to have this tag. */
  public DerReader enter(int tag) throws MalformedInputException {
    if (!nextIs(tag)) {
      throw problem(at < end ? "unexpected tag" : "ends too early");
    }
    at++;
    int length = length();
    if (length > end - at) {
      throw problem("an element is longer than what holds it");
    }
    DerReader content = new DerReader(in, at, at + length, what);
    at += length;
    return content;
  }

  /** The whole next element, whatever it is, with its tag and length; copied. */
  public byte[] element() throws MalformedInputException {
    int from = at;
    skip();
    return Arrays.copyOfRange(in, from, at);
  }

  /** Passes over the next element, whatever it is, without looking inside. */
  public void skip() throws MalformedInputException {
    int tag = nextTag();
    if ((tag & 0x1f) == 0x1f) {
      throw problem(tag < 0 ? "ends too early" : "unexpected tag");
    }
    enter(tag);
  }

  /** What was not read yet, copied. It counts as read. */
  public byte[] rest() {
    byte[] rest = Arrays.copyOfRange(in, at, end);
    at = end;
    return rest;
  }

  private int length() throws MalformedInputException {
    if (at >= end) {
      throw problem("ends too early");
    }
    int first = in[at++] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int count = first & 0x7f;
    // three bytes reach 16 MiB, more than any input that comes here
    if (count == 0 || count > 3 || count > end - at) {
      throw problem("unusable length");
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = (length << 8) | (in[at++] & 0xff);
    }
    if (length < 0x80 || length >> (8 * (count - 1)) == 0) {
      throw problem("length not in its shortest form");
    }
    return length;
  }

  /** The content of the next element, copied. */
  public byte[] bytes(int tag) throws MalformedInputException {
    DerReader content = enter(tag);
    return Arrays.copyOfRange(in, content.at, content.end);
  }

  /** A non-negative integer. */
  public BigInteger unsigned() throws MalformedInputException {
    DerReader content = enter(INTEGER);
    int size = content.end - content.at;
    if (size == 0) {
      throw problem("empty integer");
    }
    if (in[content.at] < 0) {
      throw problem("negative integer");
    }
    if (size > 1 && in[content.at] == 0 && in[content.at + 1] >= 0) {
      throw problem("integer not in its shortest form");
    }
    return new BigInteger(in, content.at, size);
  }

  /** An integer of either sign, as its bytes: for numbers that are only ever compared. */
  public byte[] number() throws MalformedInputException {
    byte[] content = bytes(INTEGER);
    if (content.length == 0) {
      throw problem("empty integer");
    }
    if (content.length > 1 && content[0] == (content[1] < 0 ? -1 : 0)) {
      throw problem("integer not in its shortest form");
    }
    return content;
  }

  /**
   * A truth value. The default may be spelled out, which DER forbids and widespread certificates
   * do; it has one meaning either way.
   */
  public boolean bool() throws MalformedInputException {
    byte[] content = bytes(BOOLEAN);
    if (content.length != 1 || (content[0] != 0 && content[0] != -1)) {
      throw problem("unusable truth value");
    }
    return content[0] != 0;
  }

  /**
   * A time as RFC 5280 §4.1.2.5 wants it: whole seconds in UTC, two digits of the year from 1950 to
   * 2049, four after that.
   */
  public Instant time() throws MalformedInputException {
    if (nextIs(UTC_TIME)) {
      String text = ascii(UTC_TIME);
      if (text.length() != 13) {
        throw problem("unusable time");
      }
      return instant((text.charAt(0) < '5' ? "20" : "19") + text);
    }
    String text = ascii(GENERALIZED_TIME);
    if (text.length() != 15) {
      throw problem("unusable time");
    }
    return instant(text);
  }

  /** A time in UTC with four digits of the year and, at most, nanoseconds (X.690 §11.7). */
  public Instant generalizedTime() throws MalformedInputException {
    return instant(ascii(GENERALIZED_TIME));
  }

  private String ascii(int tag) throws MalformedInputException {
    return new String(bytes(tag), StandardCharsets.US_ASCII);
  }

  /** The moment that {@code YYYYMMDDHHMMSS[.f…]Z} names. */
  private Instant instant(String text) throws MalformedInputException {
    int last = text.length() - 1;
    boolean fraction = last > 15 && last <= 24 && text.charAt(14) == '.';
    if ((last != 14 && !fraction)
        || text.charAt(last) != 'Z'
        || (fraction && text.charAt(last - 1) == '0')) {
      throw problem("unusable time");
    }
    int nanos = 0;
    for (int i = 0; fraction && i < 9; i++) {
      nanos = 10 * nanos + (15 + i < last ? digits(text, 15 + i, 16 + i) : 0);
    }
    try {
      return LocalDateTime.of(
              digits(text, 0, 4),
              digits(text, 4, 6),
              digits(text, 6, 8),
              digits(text, 8, 10),
              digits(text, 10, 12),
              digits(text, 12, 14),
              nanos)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedInputException(what, "not valid DER: unusable time", e);
    }
  }

  private int digits(String text, int from, int to) throws MalformedInputException {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw problem("unusable time");
      }
      value = 10 * value + (c - '0');
    }
    return value;
  }

  /** A non-negative integer that fits a byte, such as a version. */
  public int smallNumber() throws MalformedInputException {
    BigInteger value = unsigned();
    if (value.bitLength() > 7) {
      throw problem("unexpected number");
    }
    return value.intValue();
  }

  /** A bit string of whole bytes. */
  public byte[] wholeBits() throws MalformedInputException {
    byte[] content = bytes(BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw problem("bit string not of whole bytes");
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  /** An object identifier in dotted form. */
  public String oid() throws MalformedInputException {
    byte[] content = bytes(OID);
    if (content.length == 0 || content[content.length - 1] < 0) {
      throw problem("incomplete object identifier");
    }
    if (content.length > MAX_OID) {
      throw problem("object identifier too long");
    }
    StringBuilder dotted = new StringBuilder();
    long arc = 0;
    for (byte octet : content) {
      if (arc == 0 && octet == (byte) 0x80) {
        throw problem("object identifier not in its shortest form");
      }
      if (arc > Long.MAX_VALUE >> 7) {
        throw problem("object identifier too long");
      }
      arc = (arc << 7) | (octet & 0x7f);
      if (octet >= 0) {
        if (dotted.isEmpty()) {
          long first = Math.min(arc / 40, 2);
          dotted.append(first).append('.').append(arc - 40 * first);
        } else {
          dotted.append('.').append(arc);
        }
        arc = 0;
      }
    }
    return dotted.toString();
  }

  /** A NULL, which has no content. */
  public void nothing() throws MalformedInputException {
    enter(NULL).finish();
  }

  /** Refuses anything that was not read. */
  public void finish() throws MalformedInputException {
    if (at != end) {
      throw problem("unexpected bytes after the last element");
    }
  }

  public MalformedInputException problem(String text) {
    return new MalformedInputException(what, "not valid DER: " + text);
  }
}
