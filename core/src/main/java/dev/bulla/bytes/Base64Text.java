package dev.bulla.bytes;

import dev.bulla.error.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Base64 (RFC 4648 §4 and §5). Written always in the standard alphabet with padding. Decoding is
 * canonical: the same bytes have one spelling in each variant, so stray bits in the last character
 * are refused.
 */
public final class Base64Text {

  private Base64Text() {}

  /** Standard alphabet, padded, one line. */
  public static String encode(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /**
   * Standard alphabet, padded, lines of 64 characters each ended by {@code \n}; the body of a PEM
   * block.
   */
  public static String encodeLines(Bytes bytes) {
    String text = encode(bytes);
    StringBuilder out = new StringBuilder(text.length() + text.length() / 64 + 1);
    for (int at = 0; at < text.length(); at += 64) {
      out.append(text, at, Math.min(at + 64, text.length())).append('\n');
    }
    return out.toString();
  }

  /** URL-safe alphabet, padded. */
  public static String encodeUrlSafe(Bytes bytes) {
    return Base64.getUrlEncoder().encodeToString(bytes.toByteArray());
  }

  /**
   * Decodes the standard alphabet with padding, nothing else.
   *
   * @param what what is being read, for the message
   */
  public static Bytes decode(String text, String what) throws MalformedInputException {
    return decodeWith(Base64.getDecoder(), Base64.getEncoder(), text, what);
  }

  /** As {@link #decode}, ignoring CR and LF as Go's decoder does. */
  public static Bytes decodeIgnoringNewlines(String text, String what)
      throws MalformedInputException {
    return decode(withoutNewlines(text), what);
  }

  /** As {@link #decodeAnyVariant}, ignoring CR and LF as Go's decoder does. */
  public static Bytes decodeAnyVariantIgnoringNewlines(String text, String what)
      throws MalformedInputException {
    return decodeAnyVariant(withoutNewlines(text), what);
  }

  private static String withoutNewlines(String text) {
    if (text.indexOf('\n') < 0 && text.indexOf('\r') < 0) {
      return text;
    }
    StringBuilder joined = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\n' && c != '\r') {
        joined.append(c);
      }
    }
    return joined.toString();
  }

  /**
   * Decodes either alphabet, padded or not, as proto3 JSON allows for bytes. Mixing the alphabets
   * is refused.
   */
  public static Bytes decodeAnyVariant(String text, String what) throws MalformedInputException {
    boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    boolean padded = text.endsWith("=");
    Base64.Encoder encoder = urlSafe ? Base64.getUrlEncoder() : Base64.getEncoder();
    Base64.Decoder decoder = urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder();
    return decodeWith(decoder, padded ? encoder : encoder.withoutPadding(), text, what);
  }

  private static Bytes decodeWith(
      Base64.Decoder decoder, Base64.Encoder canonical, String text, String what)
      throws MalformedInputException {
    byte[] ascii = text.getBytes(StandardCharsets.UTF_8);
    byte[] decoded;
    try {
      decoded = decoder.decode(ascii);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(what, "not base64", e);
    }
    if (!endsLike(canonical, decoded, ascii)) {
      throw new MalformedInputException(what, "not canonical base64");
    }
    return Bytes.owning(decoded);
  }

  /**
   * Whether the last group is spelled as the encoder would. The JDK's decoder lets missing padding
   * and stray bits pass, both only there; one value must have one spelling.
   */
  private static boolean endsLike(Base64.Encoder canonical, byte[] decoded, byte[] ascii) {
    int wholeGroups = Math.max(0, (decoded.length - 1) / 3);
    byte[] tail = canonical.encode(Arrays.copyOfRange(decoded, wholeGroups * 3, decoded.length));
    int from = wholeGroups * 4;
    return ascii.length == from + tail.length
        && Arrays.equals(ascii, from, ascii.length, tail, 0, tail.length);
  }
}
