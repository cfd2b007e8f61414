package dev.bulla.json;

import dev.bulla.bytes.Bytes;
import java.util.Arrays;

/** JSON text under construction, as UTF-8. */
final class JsonText {

  private static final int MAX_SIZE = Integer.MAX_VALUE - 16;
  private static final String HEX = "0123456789abcdef";

  private byte[] buffer = new byte[512];
  private int size;

  Bytes toBytes() {
    return Bytes.of(buffer, 0, size);
  }

  void ascii(char c) {
    ensure(1);
    buffer[size++] = (byte) c;
  }

  void ascii(String text) {
    int length = text.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      buffer[size++] = (byte) text.charAt(i);
    }
  }

  /**
   * A string in its quotes. Escaped are the quote, the backslash and control characters, with the
   * short forms where there is one.
   *
   * @param goEscapes whether to escape as Go's encoding/json does by default: also the characters
   *     that are special to HTML and JavaScript, with an unpaired surrogate becoming an escaped
   *     U+FFFD
   * @throws IllegalArgumentException for an unpaired surrogate without {@code goEscapes}; it has no
   *     UTF-8 encoding
   */
  void string(String text, boolean goEscapes) {
    int length = text.length();
    ensure(length + 2);
    buffer[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      ensure(6);
      if (c < 0x80) {
        if (c < 0x20 || c == '"' || c == '\\') {
          escape(c);
        } else if (goEscapes && (c == '<' || c == '>' || c == '&')) {
          unicodeEscape(c);
        } else {
          buffer[size++] = (byte) c;
        }
      } else if (c < 0x800) {
        buffer[size++] = (byte) (0xc0 | (c >> 6));
        continuation(c);
      } else if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
          int point = Character.toCodePoint(c, text.charAt(i));
          buffer[size++] = (byte) (0xf0 | (point >> 18));
          continuation(point >> 12);
          continuation(point >> 6);
          continuation(point);
        } else if (goEscapes) {
          unicodeEscape('\ufffd');
        } else {
          throw new IllegalArgumentException("unpaired surrogate in a JSON string");
        }
      } else if (goEscapes && (c == '\u2028' || c == '\u2029')) {
        unicodeEscape(c);
      } else {
        buffer[size++] = (byte) (0xe0 | (c >> 12));
        continuation(c >> 6);
        continuation(c);
      }
    }
    ensure(1);
    buffer[size++] = '"';
  }

  private void continuation(int bits) {
    buffer[size++] = (byte) (0x80 | (bits & 0x3f));
  }

  private void escape(char c) {
    char letter =
        switch (c) {
          case '"', '\\' -> c;
          case '\b' -> 'b';
          case '\f' -> 'f';
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 0;
        };
    if (letter == 0) {
      unicodeEscape(c);
    } else {
      buffer[size++] = '\\';
      buffer[size++] = (byte) letter;
    }
  }

  private void unicodeEscape(char c) {
    buffer[size++] = '\\';
    buffer[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      buffer[size++] = (byte) HEX.charAt((c >> shift) & 0xf);
    }
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      long grown = Math.max((long) size + more, 2L * buffer.length);
      buffer = Arrays.copyOf(buffer, (int) Math.min(grown, MAX_SIZE));
    }
  }
}
