package dev.bulla.keys.pkcs11;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The attributes of a PKCS #11 URI, encoded as cosign encodes them: by the rules of web forms, so
 * that a plus is a blank, with either separator.
 */
final class UriAttributes {

  private static final String WHAT = "invalid uri";

  /**
   * What is written as it is. Cosign also leaves a plus and, before the question mark, an ampersand
   * alone, which neither of us would read as such again.
   */
  private static final String PLAIN_IN_PATH = "-._~:[]@!$'()*,=";

  private static final String PLAIN_IN_QUERY = PLAIN_IN_PATH + "/?|";
  private static final String HEX = "0123456789ABCDEF";

  private UriAttributes() {}

  /** Names and values; of several with one name the first. */
  static Map<String, Bytes> parse(String text) throws MalformedInputException {
    Map<String, Bytes> attributes = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && text.charAt(end) != ';' && text.charAt(end) != '&') {
        end++;
      }
      String part = text.substring(at, end);
      at = end + 1;
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        String value = equals < 0 ? "" : part.substring(equals + 1);
        attributes.putIfAbsent(decode(name).toUtf8String(WHAT + ": attribute"), decode(value));
      }
    }
    return attributes;
  }

  private static Bytes decode(String text) throws MalformedInputException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] == '%') {
        int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
        int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          // not shown: it may be part of a PIN
          throw new MalformedInputException(WHAT, "a % that two hexadecimal digits do not follow");
        }
        out.write(16 * high + low);
        i += 2;
      } else {
        out.write(encoded[i] == '+' ? ' ' : encoded[i]);
      }
    }
    return Bytes.owning(out.toByteArray());
  }

  static String inPath(String text) {
    return encode(text, PLAIN_IN_PATH);
  }

  static String inQuery(String text) {
    return encode(text, PLAIN_IN_QUERY);
  }

  private static String encode(String text, String plain) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letterOrDigit || plain.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return out.toString();
  }
}
