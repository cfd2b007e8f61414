package dev.bulla.tlog;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log says about its state, as read: nobody's signature is checked. {@link SignedTree} is
 * the checked one. Source: C2SP signed-note and tlog-checkpoint.
 *
 * @param origin the first line: the log's name
 * @param size leaves of the tree (count)
 * @param signed the bytes that the signatures cover
 */
public record Checkpoint(
    String origin, long size, Bytes rootHash, Bytes signed, List<Line> signatures) {

  /**
   * A signature line.
   *
   * @param name who signed, by its own word
   * @param keyHint four bytes
   */
  record Line(String name, Bytes keyHint, Bytes signature) {}

  private static final String WHAT = "checkpoint";
  private static final String DASH = "\u2014 ";
  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_SIGNATURES = 100;
  private static final int HINT_BYTES = 4;

  public Checkpoint {
    signatures = List.copyOf(signatures);
  }

  /** The checkpoint that a text is. */
  public static Checkpoint parse(String text) throws MalformedInputException {
    if (text.length() > MAX_LENGTH) {
      throw new MalformedInputException(WHAT, "longer than " + MAX_LENGTH + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 0x20 && c != '\n') || c == 0x7f) {
        throw new MalformedInputException(WHAT, "a control character");
      }
    }
    int separator = text.lastIndexOf("\n\n");
    if (separator < 0) {
      throw new MalformedInputException(WHAT, "no empty line before the signatures");
    }
    String body = text.substring(0, separator + 1);
    int first = body.indexOf('\n');
    int second = body.indexOf('\n', first + 1);
    int third = second == -1 ? -1 : body.indexOf('\n', second + 1);
    if (first <= 0 || third == -1) {
      throw new MalformedInputException(WHAT, "expected the lines origin, tree size, root hash");
    }
    return new Checkpoint(
        body.substring(0, first),
        size(body.substring(first + 1, second)),
        Base64Text.decode(body.substring(second + 1, third), WHAT + ": root hash"),
        Bytes.utf8(body),
        signatures(text, separator + 2));
  }

  private static long size(String decimal) throws MalformedInputException {
    // longer would not be what a tree can hold; and has not to be parsed to know it
    boolean plain = !decimal.isEmpty() && decimal.length() <= 18;
    for (int i = 0; plain && i < decimal.length(); i++) {
      plain = isDigit(decimal.charAt(i));
    }
    if (!plain || (decimal.length() > 1 && decimal.charAt(0) == '0')) {
      throw new MalformedInputException(WHAT, "tree size: not a decimal number");
    }
    return Long.parseLong(decimal);
  }

  private static List<Line> signatures(String text, int from) throws MalformedInputException {
    if (from >= text.length() || !text.endsWith("\n")) {
      throw new MalformedInputException(WHAT, "no signatures, or the last line does not end");
    }
    List<Line> lines = new ArrayList<>();
    int at = from;
    while (at < text.length()) {
      if (lines.size() == MAX_SIGNATURES) {
        throw new MalformedInputException(WHAT, "more than " + MAX_SIGNATURES + " signatures");
      }
      int end = text.indexOf('\n', at);
      lines.add(line(text.substring(at, end)));
      at = end + 1;
    }
    return lines;
  }

  private static Line line(String line) throws MalformedInputException {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space <= DASH.length()) {
      throw new MalformedInputException(WHAT, "a signature line without a name");
    }
    Bytes value = Base64Text.decode(line.substring(space + 1), WHAT + ": signature");
    if (value.size() <= HINT_BYTES) {
      throw new MalformedInputException(WHAT, "a signature that is too short");
    }
    return new Line(
        line.substring(DASH.length(), space),
        value.slice(0, HINT_BYTES),
        value.slice(HINT_BYTES, value.size()));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
