package dev.bulla.fuzz;

import dev.bulla.bytes.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Ways to take a fuzzer's bytes for something else. */
public final class Input {

  private Input() {}

  /** As text; what is no UTF-8 becomes U+FFFD. */
  public static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  /** As text of one byte per character, which is how header lines arrive. */
  public static String latin1(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  /** The lines of a text, empty ones included. */
  public static List<String> lines(String text) {
    return Arrays.asList(text.split("\n", -1));
  }

  /** What the first byte selects; the first choice for no input at all. Digits select in order. */
  public static <T> T choice(byte[] input, List<T> choices) {
    int selector = input.length == 0 ? 0 : Math.floorMod(input[0] - '0', choices.size());
    return choices.get(selector);
  }

  /** What follows the byte of {@link #choice}. */
  public static Bytes rest(byte[] input) {
    return input.length == 0 ? Bytes.EMPTY : Bytes.of(input, 1, input.length);
  }
}
