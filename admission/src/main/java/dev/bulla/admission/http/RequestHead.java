package dev.bulla.admission.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The head of a request, read strictly: one spelling of line ends, no folded lines, one meaning of
 * where the body ends.
 *
 * @param headers by lower-case name
 * @param length of the body; below zero when it comes in chunks
 */
record RequestHead(
    String method, String target, boolean old, Map<String, String> headers, long length) {

  private static final int MAX_METHOD = 32;
  private static final int MAX_LENGTH_DIGITS = 15;

  /**
   * Reads a head.
   *
   * @param max bytes
   * @throws EOFException when the client ends before the head does
   */
  static RequestHead read(InputStream in, int max) throws IOException, BadRequestException {
    Lines lines = new Lines(in, max);
    String line = lines.next();
    int first = line.indexOf(' ');
    int second = line.indexOf(' ', first + 1);
    if (first < 1 || second < 0 || first > MAX_METHOD || !isToken(line.substring(0, first))) {
      throw new BadRequestException(400, "no request line");
    }
    String version = line.substring(second + 1);
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      throw new BadRequestException(505, "only HTTP/1.1 is spoken here");
    }
    String target = line.substring(first + 1, second);
    if (!target.startsWith("/") || target.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new BadRequestException(400, "the target of the request is no path");
    }
    Map<String, String> headers = headers(lines);
    return new RequestHead(
        line.substring(0, first), target, version.equals("HTTP/1.0"), headers, length(headers));
  }

  private static Map<String, String> headers(Lines lines) throws IOException, BadRequestException {
    Map<String, String> headers = new HashMap<>();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      int colon = line.indexOf(':');
      if (colon < 1 || !isToken(line.substring(0, colon))) {
        throw new BadRequestException(400, "a line of the head is no header");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = trimmed(line.substring(colon + 1));
      String before = headers.get(name);
      if (before != null && (name.equals("content-length") || name.equals("transfer-encoding"))) {
        throw new BadRequestException(400, "the length of the body is given twice");
      }
      headers.put(name, before == null ? value : before + ", " + value);
    }
    return Map.copyOf(headers);
  }

  /**
   * Without spaces and tabs at its ends. Nothing else is space in HTTP: whoever takes more for it
   * reads another header than others before or behind him.
   */
  static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /** What stands in no line. */
  static boolean isControl(int c) {
    return (c < ' ' && c != '\t') || c == 0x7f;
  }

  private static long length(Map<String, String> headers) throws BadRequestException {
    String encoding = headers.get("transfer-encoding");
    String length = headers.get("content-length");
    if (encoding != null) {
      if (length != null) {
        throw new BadRequestException(400, "the length of the body is given twice");
      }
      if (!encoding.equalsIgnoreCase("chunked")) {
        throw new BadRequestException(501, "the only transfer encoding known here is chunked");
      }
      return -1;
    }
    if (length == null) {
      return 0;
    }
    if (length.isEmpty()
        || length.length() > MAX_LENGTH_DIGITS
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new BadRequestException(400, "the length of the body is no number");
    }
    return Long.parseLong(length);
  }

  private static boolean isToken(String text) {
    return text.chars()
        .allMatch(c ->
            (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  /** Lines that end in CR LF, as Latin-1, up to a number of bytes in all. */
  private static final class Lines {
    private final InputStream in;
    private int left;

    Lines(InputStream in, int max) {
      this.in = in;
      this.left = max;
    }

    String next() throws IOException, BadRequestException {
      StringBuilder line = new StringBuilder(64);
      while (true) {
        int c = in.read();
        if (c < 0) {
          throw new EOFException("the request ended in its head");
        }
        if (--left < 0) {
          throw new BadRequestException(431, "the head of the request is too large");
        }
        if (c == '\r' && in.read() == '\n') {
          left--;
          return line.toString();
        }
        if (c == '\r' || c == '\n') {
          throw new BadRequestException(400, "a line of the head ends wrongly");
        }
        if (isControl(c)) {
          throw new BadRequestException(400, "a line of the head holds a control character");
        }
        line.append((char) c);
      }
    }
  }
}
