package dev.bulla.certificate;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;

/** Reads the presentation language of TLS (RFC 8446 §3): numbers, and vectors with their length. */
final class TlsReader {

  private final Bytes in;
  private final String what;
  private int at;

  TlsReader(Bytes in, String what) {
    this.in = in;
    this.what = what;
  }

  boolean hasMore() {
    return at < in.size();
  }

  /** A number of so many bytes, at most eight; the eighth makes it signed. */
  long number(int size) throws MalformedInputException {
    Bytes digits = bytes(size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = (value << 8) | (digits.at(i) & 0xff);
    }
    return value;
  }

  Bytes bytes(int size) throws MalformedInputException {
    if (size > in.size() - at) {
      throw new MalformedInputException(what, "ends too early");
    }
    at += size;
    return in.slice(at - size, at);
  }

  /** A vector whose length is a number of so many bytes, at most three. */
  Bytes vector(int lengthBytes) throws MalformedInputException {
    return bytes((int) number(lengthBytes));
  }

  void finish() throws MalformedInputException {
    if (hasMore()) {
      throw new MalformedInputException(what, "unexpected bytes at its end");
    }
  }
}
