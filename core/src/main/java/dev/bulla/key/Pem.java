package dev.bulla.key;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One block of a PEM text (RFC 7468).
 *
 * <p>Read: any text may stand before a block; lines may be of any length and end in CR LF; header
 * lines (RFC 1421) are skipped; the base64 has to be canonical. Written: lines of 64 characters
 * ended by {@code \n}.
 *
 * @param type what stands after {@code BEGIN}, as it came: show it through {@link Quoted}
 * @param content the decoded body
 */
public record Pem(String type, Bytes content) {

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /**
   * The first block; what follows it is not looked at.
   *
   * @param what what is being read, for the message
   * @throws MalformedInputException when there is no block or the first one is damaged
   */
  public static Pem parseFirst(Bytes text, String what) throws MalformedInputException {
    return new Scanner(text, what)
        .next()
        .orElseThrow(() -> new MalformedInputException(what, "no PEM block"));
  }

  /**
   * All blocks, in order; possibly none.
   *
   * @param what what is being read, for the message
   * @throws MalformedInputException when a block is damaged
   */
  public static List<Pem> parseAll(Bytes text, String what) throws MalformedInputException {
    List<Pem> blocks = new ArrayList<>();
    Scanner scanner = new Scanner(text, what);
    for (Optional<Pem> block = scanner.next(); block.isPresent(); block = scanner.next()) {
      blocks.add(block.get());
    }
    return List.copyOf(blocks);
  }

  /** The block as text. */
  public Bytes print() {
    return Bytes.utf8(
        BEGIN
            + type
            + DASHES
            + "\n"
            + Base64Text.encodeLines(content)
            + END
            + type
            + DASHES
            + "\n");
  }

  /**
   * Walks over the lines of a text. Bytes are taken as Latin-1, so that arbitrary input is a text.
   */
  private static final class Scanner {
    private final String text;
    private final String what;
    private int at;

    Scanner(Bytes text, String what) {
      this.text = new String(text.toByteArray(), StandardCharsets.ISO_8859_1);
      this.what = what;
    }

    Optional<Pem> next() throws MalformedInputException {
      while (at < text.length()) {
        String line = nextLine();
        if (line.startsWith(BEGIN)) {
          return Optional.of(block(line));
        }
      }
      return Optional.empty();
    }

    private Pem block(String beginLine) throws MalformedInputException {
      if (!beginLine.endsWith(DASHES) || beginLine.length() < BEGIN.length() + DASHES.length()) {
        throw new MalformedInputException(
            what, "damaged PEM: no type in " + Quoted.text(beginLine));
      }
      String type = beginLine.substring(BEGIN.length(), beginLine.length() - DASHES.length());
      if (!isPrintable(type)) {
        throw new MalformedInputException(what, "damaged PEM: type " + Quoted.text(type));
      }
      String endLine = END + type + DASHES;
      StringBuilder body = new StringBuilder();
      while (at < text.length()) {
        String line = nextLine();
        if (line.equals(endLine)) {
          return new Pem(type, Base64Text.decode(body.toString(), what + ": PEM body"));
        }
        if (line.startsWith(DASHES)) {
          break;
        }
        // a header line; base64 has no colon
        if (line.indexOf(':') < 0) {
          appendWithoutBlanks(body, line);
        }
      }
      throw new MalformedInputException(
          what, "damaged PEM: no end of the block " + Quoted.text(type));
    }

    private static boolean isPrintable(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) < 0x20 || text.charAt(i) >= 0x7f) {
          return false;
        }
      }
      return true;
    }

    /** The next line without its end and without blanks after it. */
    private String nextLine() {
      int newline = text.indexOf('\n', at);
      int end = newline < 0 ? text.length() : newline;
      int start = at;
      at = newline < 0 ? end : newline + 1;
      while (end > start && isBlank(text.charAt(end - 1))) {
        end--;
      }
      return text.substring(start, end);
    }

    private static void appendWithoutBlanks(StringBuilder out, String line) {
      for (int i = 0; i < line.length(); i++) {
        if (!isBlank(line.charAt(i))) {
          out.append(line.charAt(i));
        }
      }
    }

    private static boolean isBlank(char c) {
      return c == ' ' || c == '\t' || c == '\r';
    }
  }
}
