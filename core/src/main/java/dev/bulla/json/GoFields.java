package dev.bulla.json;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object as Go's encoding/json fills a struct (spec: formats.md 0.1): names match under
 * case folding, unknown members are ignored, {@code null} is absent, bytes are padded standard
 * base64 in which line breaks do not count, integers are numbers.
 *
 * <p>Stricter in one thing: two members whose names fold to the same are refused, where Go takes
 * the last, so that no other reader can see a different one.
 *
 * <p>For objects with known members only. An open map has data for names; read it with {@link
 * #stringMap} or {@link #object}.
 */
public final class GoFields extends Fields<GoFields> {

  private final Map<String, JsonObject.Member> byFoldedName;

  private GoFields(JsonObject object, String what) throws MalformedInputException {
    super(what);
    byFoldedName = index(object);
  }

  private GoFields(JsonObject object, GoFields parent, String name, int index)
      throws MalformedInputException {
    super(parent, name, index);
    byFoldedName = index(object);
  }

  private Map<String, JsonObject.Member> index(JsonObject object) throws MalformedInputException {
    Map<String, JsonObject.Member> byFoldedName = new HashMap<>(object.size() * 2);
    for (JsonObject.Member member : object.members()) {
      JsonObject.Member other = byFoldedName.put(fold(member.name()), member);
      if (other != null) {
        throw malformed(
            "members "
                + Quoted.text(other.name())
                + " and "
                + Quoted.text(member.name())
                + " differ only in case");
      }
    }
    return byFoldedName;
  }

  /**
   * A reader for an object.
   *
   * @param what what is being read, for the message
   * @throws MalformedInputException when two members differ only in case
   */
  public static GoFields of(JsonObject object, String what) throws MalformedInputException {
    return new GoFields(object, what);
  }

  @Override
  @Nullable JsonValue find(String name) {
    JsonObject.Member member = byFoldedName.get(fold(name));
    return member == null ? null : member.value();
  }

  @Override
  GoFields nested(JsonObject object, String name, int index) throws MalformedInputException {
    return new GoFields(object, this, name, index);
  }

  @Override
  Bytes decodeBytes(String text, String where) throws MalformedInputException {
    return Base64Text.decodeIgnoringNewlines(text, where);
  }

  @Override
  OptionalLong decodeInt64(JsonValue value) {
    return value instanceof JsonNumber number ? number.exactLong() : OptionalLong.empty();
  }

  /**
   * One spelling for all names that Go takes for the same: simple case folding, under which U+212A
   * is k and U+017F is s.
   */
  static String fold(String name) {
    int length = name.length();
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c >= 0x80) {
        return foldFully(name);
      }
      if (c >= 'A' && c <= 'Z') {
        return foldAscii(name, i);
      }
    }
    return name;
  }

  private static String foldAscii(String name, int firstUpper) {
    char[] folded = name.toCharArray();
    for (int i = firstUpper; i < folded.length; i++) {
      char c = folded[i];
      if (c >= 0x80) {
        return foldFully(name);
      }
      if (c >= 'A' && c <= 'Z') {
        folded[i] = (char) (c + ('a' - 'A'));
      }
    }
    return new String(folded);
  }

  private static String foldFully(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      i += Character.charCount(c);
      folded.appendCodePoint(foldPoint(c));
    }
    return folded.toString();
  }

  private static int foldPoint(int c) {
    // Java maps the Turkish dotted and dotless i to plain i; simple folding leaves both alone
    if (c == 0x130 || c == 0x131) {
      return c;
    }
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
