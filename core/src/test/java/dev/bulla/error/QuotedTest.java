package dev.bulla.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuotedTest {

  private static final long SEED = 20261121;

  @Test
  void leavesPlainTextAlone() {
    assertThat(Quoted.text("registry.example.com/ümläut 日本 🍒"))
        .isEqualTo("\"registry.example.com/ümläut 日本 🍒\"");
    assertThat(Quoted.plain("a \"b\" \\c")).isEqualTo("a \"b\" \\c");
    assertThat(Quoted.text("")).isEqualTo("\"\"");
  }

  @Test
  void cannotBeLeftByAQuote() {
    assertThat(Quoted.text("a\" is fine, \\")).isEqualTo("\"a\\\" is fine, \\\\\"");
  }

  @ParameterizedTest
  @CsvSource({
    "000a,\\n",
    "000d,\\r",
    "0009,\\t",
    "0000,\\u{0}",
    "0007,\\u{7}",
    "0008,\\u{8}",
    "001b,\\u{1b}", // escape: the start of every terminal command
    "007f,\\u{7f}",
    "0085,\\u{85}",
    "009b,\\u{9b}", // the same in one character
    "00ad,\\u{ad}",
    "061c,\\u{61c}",
    "200b,\\u{200b}",
    "200d,\\u{200d}",
    "200e,\\u{200e}",
    "2028,\\u{2028}",
    "2029,\\u{2029}",
    "202e,\\u{202e}", // text runs backwards from here
    "2066,\\u{2066}",
    "2069,\\u{2069}",
    "feff,\\u{feff}",
    "e000,\\u{e000}",
    "d800,\\u{d800}",
    "e0041,\\u{e0041}"
  })
  void spellsOutWhatMovesTheCursorOrHides(String codePoint, String escaped) {
    String hostile = Character.toString(Integer.parseInt(codePoint, 16));

    assertThat(Quoted.text("a" + hostile + "b")).isEqualTo("\"a" + escaped + "b\"");
    assertThat(Quoted.plain("a" + hostile + "b")).isEqualTo("a" + escaped + "b");
  }

  @Test
  void keepsATerminalCommandHarmless() {
    assertThat(Quoted.plain("\u001b[2K\u001b[1GVerified OK\nerror: none"))
        .isEqualTo("\\u{1b}[2K\\u{1b}[1GVerified OK\\nerror: none");
  }

  @Test
  void shortensAndSaysHowLongItWas() {
    assertThat(Quoted.text("a".repeat(Quoted.MAX_CHARS)))
        .isEqualTo("\"" + "a".repeat(Quoted.MAX_CHARS) + "\"");
    assertThat(Quoted.text("a".repeat(1_000_000)))
        .isEqualTo("\"" + "a".repeat(Quoted.MAX_CHARS) + "… (1000000 characters)\"");
    assertThat(Quoted.plain("abcdef", 3)).isEqualTo("abc… (6 characters)");
    assertThat(Quoted.plain("abc", 3)).isEqualTo("abc");
    // a pair is one character and is not cut in two
    assertThat(Quoted.plain("🍒🍒🍒", 2)).isEqualTo("🍒🍒… (6 characters)");
  }

  @Test
  void neverLetsAControlCharacterThrough() {
    Random random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(50); n > 0; n--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x10000 : 0x300));
      }
      for (String shown :
          new String[] {Quoted.text(text.toString()), Quoted.plain(text.toString())}) {
        assertThat(shown.codePoints())
            .as("seed %d, %d", SEED, i)
            .noneMatch(c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE
                    || c == 0x2028
                    || c == 0x2029);
      }
    }
  }
}
