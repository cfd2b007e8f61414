package dev.bulla.fuzz;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import java.util.Optional;

/**
 * {@link Base64Text} and {@link HexText}: one spelling for every string of bytes, and the same one
 * back.
 */
final class Base64Target {

  private Base64Target() {}

  private interface Decoder {
    Bytes decode(String text) throws MalformedInputException;
  }

  static boolean accepts(byte[] input) throws MalformedInputException {
    Bytes bytes = Bytes.of(input);
    everyVariantDecodes(bytes);

    String text = Input.text(input);
    Optional<Bytes> strict = decode(text, t -> Base64Text.decode(t, "text"));
    strict.ifPresent(d -> Check.equal(text, Base64Text.encode(d), "one spelling"));
    Optional<Bytes> any = decode(text, t -> Base64Text.decodeAnyVariant(t, "text"));
    any.ifPresent(d -> Check.that(isSpelling(text, d), "one spelling in each variant"));
    if (strict.isPresent()) {
      Check.equal(strict, any, "the standard variant is one of all");
    }
    Check.equal(
        decode(text.replace("\n", "").replace("\r", ""), t -> Base64Text.decode(t, "text")),
        decode(text, t -> Base64Text.decodeIgnoringNewlines(t, "text")),
        "only line breaks are ignored");
    Optional<Bytes> hex = decode(text, t -> HexText.decode(t, "text"));
    hex.ifPresent(d -> Check.equal(text, HexText.encode(d), "one spelling in hexadecimal"));
    return any.isPresent();
  }

  private static void everyVariantDecodes(Bytes bytes) throws MalformedInputException {
    String standard = Base64Text.encode(bytes);
    Check.equal(bytes, Base64Text.decode(standard, "text"), "standard");
    Check.equal(bytes, Base64Text.decodeAnyVariant(standard, "text"), "standard as any");
    Check.equal(bytes, Base64Text.decodeAnyVariant(unpadded(standard), "text"), "unpadded");
    String urlSafe = Base64Text.encodeUrlSafe(bytes);
    Check.equal(bytes, Base64Text.decodeAnyVariant(urlSafe, "text"), "URL-safe");
    Check.equal(bytes, Base64Text.decodeAnyVariant(unpadded(urlSafe), "text"), "URL-safe unpadded");
    Check.equal(
        bytes,
        Base64Text.decodeIgnoringNewlines(Base64Text.encodeLines(bytes), "text"),
        "in lines");
    Check.equal(bytes, HexText.decode(HexText.encode(bytes), "text"), "hexadecimal");
  }

  private static boolean isSpelling(String text, Bytes bytes) {
    String standard = Base64Text.encode(bytes);
    String urlSafe = Base64Text.encodeUrlSafe(bytes);
    return text.equals(standard)
        || text.equals(urlSafe)
        || text.equals(unpadded(standard))
        || text.equals(unpadded(urlSafe));
  }

  private static String unpadded(String base64) {
    int end = base64.length();
    while (end > 0 && base64.charAt(end - 1) == '=') {
      end--;
    }
    return base64.substring(0, end);
  }

  private static Optional<Bytes> decode(String text, Decoder decoder) {
    try {
      return Optional.of(decoder.decode(text));
    } catch (MalformedInputException e) {
      Check.refusal(e);
      return Optional.empty();
    }
  }
}
