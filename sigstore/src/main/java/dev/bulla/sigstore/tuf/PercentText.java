package dev.bulla.sigstore.tuf;

import dev.bulla.sigstore.tuf.TufException.Reason;
import java.nio.charset.StandardCharsets;

/** Names of the repository as paths below its address. */
final class PercentText {

  private static final String UNESCAPED = "-._~";
  private static final String HEX = "0123456789ABCDEF";

  private PercentText() {}

  /**
   * The name with everything escaped but letters, digits, {@code -._~} and the slashes between its
   * segments.
   *
   * @throws TufException when a segment would lead elsewhere
   */
  static String encode(String name) throws TufException {
    StringBuilder out = new StringBuilder();
    int start = 0;
    while (true) {
      int slash = name.indexOf('/', start);
      String segment = name.substring(start, slash < 0 ? name.length() : slash);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new TufException(Reason.MALFORMED, "a name that would lead elsewhere");
      }
      append(out, segment);
      if (slash < 0) {
        return out.toString();
      }
      out.append('/');
      start = slash + 1;
    }
  }

  /**
   * A name that is one segment, slashes escaped too; it ends in {@code .json}, so leads nowhere.
   */
  static String encodeWhole(String name) {
    StringBuilder out = new StringBuilder();
    append(out, name);
    return out.toString();
  }

  private static void append(StringBuilder out, String segment) {
    for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNESCAPED.indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }
}
