package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.math.BigInteger;

/** Walks over DER that a client sent. Definite lengths only; not for use by several threads. */
final class Asn1Reader {

  private final Bytes content;
  private final String what;
  private int at;

  Asn1Reader(Bytes content, String what) {
    this.content = content;
    this.what = what;
  }

  boolean hasMore() {
    return at < content.size();
  }

  /** The tag of the next value; 0 at the end. */
  int tag() {
    return hasMore() ? content.at(at) & 0xff : 0;
  }

  /** The content of the next value, which has to have this tag. */
  Bytes read(int tag) throws MalformedInputException {
    int start = at;
    Bytes whole = readWhole(tag);
    return content.slice(start + headerLength(start), start + whole.size());
  }

  /** The next value with its tag and its length. */
  Bytes readWhole(int tag) throws MalformedInputException {
    if (tag() != tag) {
      throw malformed("expected the tag " + tag + ", found " + tag());
    }
    int start = at;
    int header = headerLength(start);
    int length = 0;
    if (header == 2) {
      length = content.at(start + 1);
    } else {
      for (int i = start + 2; i < start + header; i++) {
        length = length << 8 | (content.at(i) & 0xff);
      }
    }
    if (length < 0 || length > content.size() - start - header) {
      throw malformed("a value is longer than what surrounds it");
    }
    at = start + header + length;
    return content.slice(start, at);
  }

  private int headerLength(int start) throws MalformedInputException {
    if (start + 2 > content.size()) {
      throw malformed("ends within a value");
    }
    int first = content.at(start + 1) & 0xff;
    int header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    if (first == 0x80 || header > 5 || start + header > content.size()) {
      throw malformed("no definite length of up to three bytes");
    }
    return header;
  }

  Asn1Reader enter(int tag) throws MalformedInputException {
    return new Asn1Reader(read(tag), what);
  }

  BigInteger integer() throws MalformedInputException {
    Bytes value = read(2);
    if (value.isEmpty()) {
      throw malformed("an integer without a digit");
    }
    return new BigInteger(value.toByteArray());
  }

  /** Refuses anything that is left. */
  void end() throws MalformedInputException {
    if (hasMore()) {
      throw malformed("more than expected");
    }
  }

  MalformedInputException malformed(String problem) {
    return new MalformedInputException(what, problem);
  }
}
