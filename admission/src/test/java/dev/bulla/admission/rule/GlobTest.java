package dev.bulla.admission.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "* anything/at:all@ true",
        "a*c abc true",
        "a*c ac true",
        "a*c abcd false",
        "a**c a/b/c true",
        "a?c abc true",
        "a?c ac false",
        "[abc]x bx true",
        "[abc]x dx false",
        "[!a-c]x dx true",
        "[!a-c]x bx false",
        "[a-c0-9]x 7x true",
        "[\\]]x ]x true",
        "[-a]x -x true",
        "{ab,cd}e cde true",
        "{ab,cd}e abcde false",
        "{a{1,2},b*}z a2z true",
        "{a{1,2},b*}z bbz true",
        "{a,}z z true",
        "\\*a *a true",
        "\\*a ba false",
        "a\\{b a{b true",
        "}a }a true",
        "a,b a,b true"
      })
  void aPatternMatchesWholeTexts(String pattern, String text, boolean matches) throws Exception {
    assertThat(Glob.of(pattern).matches(text)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a", "[]a", "[", "[!", "[b-a]", "[a-", "{a", "{a,b", "a\\", "[a\\", "{"})
  void whatIsNoGlobIsRefused(String pattern) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Glob.of(pattern))
        .withMessageContaining("malformed pattern");
  }

  @Test
  void nestingAndLengthHaveLimits() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Glob.of("{".repeat(9) + "}".repeat(9)))
        .withMessageContaining("nested too deeply");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Glob.of("a".repeat(Glob.MAX_LENGTH + 1)))
        .withMessageContaining("longer than");
  }

  @Test
  void whatMakesBacktrackersSlowIsAnsweredAtOnce() throws Exception {
    assertThat(Glob.of("*a".repeat(500) + "b").matches("a".repeat(4000))).isFalse();
    assertThat(Glob.of("{a*,a*,a*}".repeat(100) + "b").matches("a".repeat(4000))).isFalse();
  }

  @Test
  void itAgreesWithRegularExpressions() throws Exception {
    Random random = new Random(20261121);
    for (int i = 0; i < 5000; i++) {
      StringBuilder glob = new StringBuilder();
      StringBuilder regex = new StringBuilder();
      for (int part = random.nextInt(6); part >= 0; part--) {
        switch (random.nextInt(5)) {
          case 0 -> append(glob, regex, "*", ".*");
          case 1 -> append(glob, regex, "?", ".");
          case 2 -> append(glob, regex, "[!a]", "[^a]");
          case 3 -> append(glob, regex, "{ab,b*}", "(?:ab|b.*)");
          default -> append(glob, regex, "b", "b");
        }
      }
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(8); length > 0; length--) {
        text.append((char) ('a' + random.nextInt(3)));
      }
      assertThat(Glob.of(glob.toString()).matches(text.toString()))
          .as("%s on %s", glob, text)
          .isEqualTo(Pattern.matches(regex.toString(), text));
    }
  }

  private static void append(StringBuilder glob, StringBuilder regex, String g, String r) {
    glob.append(g);
    regex.append(r);
  }
}
