package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * States properties. One that does not hold is an {@link AssertionError}, which both drivers
 * report.
 */
public final class Check {

  /**
   * More than any message needs that shortens what it quotes, in characters: an unbounded echo of
   * the input shows.
   */
  private static final int MAX_MESSAGE = 12_000;

  private Check() {}

  public static void that(boolean holds, String property) {
    if (!holds) {
      throw new AssertionError(property);
    }
  }

  public static void equal(Object expected, Object actual, String property) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(
          property + "\n  expected " + show(expected) + "\n  found    " + show(actual));
    }
  }

  /**
   * What holds for every refusal: its text can be printed anywhere, and the input does not set its
   * size.
   */
  public static void refusal(BullaException refusal) {
    message(refusal.message());
    refusal.hint().ifPresent(Check::message);
  }

  /** As {@link #refusal}, for a text that is part of one. */
  public static void message(String message) {
    that(!message.isBlank(), "a message says something");
    that(message.length() <= MAX_MESSAGE, "a message of " + message.length() + " characters");
    printable(message);
  }

  /** Whether a text that quotes the input may go to a terminal or into a log. */
  public static void printable(String text) {
    text.codePoints()
        .forEach(c -> {
          int type = Character.getType(c);
          that(
              type != Character.CONTROL
                  && type != Character.FORMAT
                  && type != Character.SURROGATE
                  && type != Character.LINE_SEPARATOR
                  && type != Character.PARAGRAPH_SEPARATOR,
              "a text with the character U+" + Integer.toHexString(c));
        });
  }

  private static String show(Object value) {
    return value instanceof Bytes bytes
        ? new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1)
        : String.valueOf(value);
  }
}
