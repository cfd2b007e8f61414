package dev.bulla.key;

import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Reads ASN.1 DER front to back, accepting one encoding of each value: definite lengths in the
 * shortest form, integers in the fewest bytes, nothing after the last element (ITU-T X.690 §10).
 * Works on the caller's array, so that no copies of secrets are made on the way.
 */
final class DerReader {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;

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

  static DerReader of(byte[] der, String what) {
    return new DerReader(der, 0, der.length, what);
  }

  boolean hasMore() {
    return at < end;
  }

  boolean nextIs(int tag) {
    return at < end && (in[at] & 0xff) == tag;
  }

  /** A reader of the content of the next element, which has to have this tag. */
  DerReader enter(int tag) throws MalformedInputException {
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
  byte[] bytes(int tag) throws MalformedInputException {
    DerReader content = enter(tag);
    return Arrays.copyOfRange(in, content.at, content.end);
  }

  /** A non-negative integer. */
  BigInteger unsigned() throws MalformedInputException {
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

  /** A non-negative integer that fits a byte, such as a version. */
  int smallNumber() throws MalformedInputException {
    BigInteger value = unsigned();
    if (value.bitLength() > 7) {
      throw problem("unexpected number");
    }
    return value.intValue();
  }

  /** A bit string of whole bytes. */
  byte[] wholeBits() throws MalformedInputException {
    byte[] content = bytes(BIT_STRING);
    if (content.length == 0 || content[0] != 0) {
      throw problem("bit string not of whole bytes");
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  /** An object identifier in dotted form. */
  String oid() throws MalformedInputException {
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
  void nothing() throws MalformedInputException {
    enter(NULL).finish();
  }

  /** Refuses anything that was not read. */
  void finish() throws MalformedInputException {
    if (at != end) {
      throw problem("unexpected bytes after the last element");
    }
  }

  MalformedInputException problem(String text) {
    return new MalformedInputException(what, "not valid DER: " + text);
  }
}
