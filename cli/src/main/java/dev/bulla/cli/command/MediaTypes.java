package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What a file probably is, by its first bytes. Source: WHATWG MIME Sniffing, §6 and §7, as far as
 * Go's {@code net/http} follows it, without parameters.
 */
final class MediaTypes {

  private static final int LOOKED_AT = 512;

  private record Magic(int at, String hex, String type) {}

  private static final List<Magic> MAGIC =
      List.of(
          new Magic(0, "255044462d", "application/pdf"),
          new Magic(0, "252150532d41646f62652d", "application/postscript"),
          new Magic(0, "feff", "text/plain"),
          new Magic(0, "fffe", "text/plain"),
          new Magic(0, "efbbbf", "text/plain"),
          new Magic(0, "00000100", "image/x-icon"),
          new Magic(0, "00000200", "image/x-icon"),
          new Magic(0, "424d", "image/bmp"),
          new Magic(0, "474946383761", "image/gif"),
          new Magic(0, "474946383961", "image/gif"),
          new Magic(8, "574542505650", "image/webp"),
          new Magic(0, "89504e470d0a1a0a", "image/png"),
          new Magic(0, "ffd8ff", "image/jpeg"),
          new Magic(8, "41494646", "audio/aiff"),
          new Magic(0, "494433", "audio/mpeg"),
          new Magic(0, "4f67675300", "application/ogg"),
          new Magic(0, "4d54686400000006", "audio/midi"),
          new Magic(8, "41564920", "video/avi"),
          new Magic(8, "57415645", "audio/wave"),
          new Magic(0, "1a45dfa3", "video/webm"),
          new Magic(0, "00010000", "font/ttf"),
          new Magic(0, "4f54544f", "font/otf"),
          new Magic(0, "74746366", "font/collection"),
          new Magic(0, "774f4646", "font/woff"),
          new Magic(0, "774f4632", "font/woff2"),
          new Magic(0, "1f8b08", "application/x-gzip"),
          new Magic(0, "504b0304", "application/zip"),
          new Magic(0, "526172211a0700", "application/x-rar-compressed"),
          new Magic(0, "526172211a070100", "application/x-rar-compressed"),
          new Magic(0, "0061736d", "application/wasm"));

  private static final List<String> HTML =
      List.of(
          "<!doctype html",
          "<html",
          "<head",
          "<script",
          "<iframe",
          "<h1",
          "<div",
          "<font",
          "<table",
          "<a",
          "<style",
          "<title",
          "<b",
          "<body",
          "<br",
          "<p");

  private MediaTypes() {}

  /** Whether the text can stand in a descriptor. */
  static boolean isWritable(String type) {
    if (type.length() > 255) {
      return false;
    }
    for (int i = 0; i < type.length(); i++) {
      if (type.charAt(i) <= ' ' || type.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** Never fails: what is not known is text, or bytes. */
  static MediaType sniff(Bytes content) {
    Bytes start = content.slice(0, Math.min(LOOKED_AT, content.size()));
    String text = new String(start.toByteArray(), StandardCharsets.ISO_8859_1);
    String trimmed = text.stripLeading().toLowerCase(Locale.ROOT);
    for (String tag : HTML) {
      if (trimmed.startsWith(tag)
          && trimmed.length() > tag.length()
          && " >".indexOf(trimmed.charAt(tag.length())) >= 0) {
        return new MediaType("text/html");
      }
    }
    if (trimmed.startsWith("<!--")) {
      return new MediaType("text/html");
    }
    if (trimmed.startsWith("<?xml")) {
      return new MediaType("text/xml");
    }
    String hex = HexText.encode(start);
    for (Magic magic : MAGIC) {
      if (hex.startsWith(magic.hex(), magic.at() * 2)) {
        return new MediaType(magic.type());
      }
    }
    return new MediaType(isText(text) ? "text/plain" : "application/octet-stream");
  }

  /** No control characters but those that text has. */
  private static boolean isText(String latin1) {
    for (int i = 0; i < latin1.length(); i++) {
      char c = latin1.charAt(i);
      if (c < 0x20 && "\t\n\f\r\u001b".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
