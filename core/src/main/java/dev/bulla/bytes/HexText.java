package dev.bulla.bytes;

import dev.bulla.error.MalformedInputException;
import java.util.HexFormat;

/** Lower-case hexadecimal. Upper case is refused, so that a value has one spelling. */
public final class HexText {

  private static final HexFormat LOWER = HexFormat.of();

  private HexText() {}

  public static String encode(Bytes bytes) {
    return LOWER.formatHex(bytes.toByteArray());
  }

  /** Whether the text is lower-case hexadecimal of exactly this many bytes. */
  public static boolean isLowerHex(String text, int bytes) {
    if (text.length() != 2L * bytes) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The bytes that a text spells.
   *
   * @param what what is being read, for the message
   */
  public static Bytes decode(String text, String what) throws MalformedInputException {
    if (text.length() % 2 != 0 || !isLowerHex(text, text.length() / 2)) {
      throw new MalformedInputException(what, "not lower-case hexadecimal");
    }
    return Bytes.owning(LOWER.parseHex(text));
  }
}
