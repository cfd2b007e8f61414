package dev.bulla.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Durations, quoted text and comma-separated values, written as Go writes them. */
class GoNotationTest {

  @ParameterizedTest
  @CsvSource({
    "90s, PT1M30S",
    "3m0s, PT3M",
    "1h2m3s, PT1H2M3S",
    "1.5s, PT1.5S",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "250ms, PT0.25S",
    "5us, PT0.000005S",
    "7ns, PT0.000000007S",
    "0, PT0S",
    "-1s, PT-1S",
    "+1s, PT1S"
  })
  void readsDurations(String text, Duration duration) throws BadValueException {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc | time: invalid duration \"abc\"",
        "''  | time: invalid duration \"\"",
        "-   | time: invalid duration \"-\"",
        ".s  | time: invalid duration \".s\"",
        "1..2s | time: invalid duration \"1..2s\"",
        "9999999999h | time: invalid duration \"9999999999h\"",
        "10  | time: missing unit in duration \"10\"",
        "10x | time: unknown unit \"x\" in duration \"10x\""
      })
  void refusesWhatIsNoDuration(String text, String message) {
    assertThatThrownBy(() -> GoDuration.parse(text)).hasMessage(message);
  }

  @Test
  void readsEveryDurationItWrites() throws BadValueException {
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(63));
      assertThat(GoDuration.parse(GoDuration.format(duration)))
          .as("seed 2, %s", duration)
          .isEqualTo(duration);
    }
    assertThat(GoDuration.format(Duration.ofMinutes(3))).isEqualTo("3m0s");
    assertThat(GoDuration.format(Duration.ofHours(1))).isEqualTo("1h0m0s");
    assertThat(GoDuration.format(Duration.ofMillis(1500))).isEqualTo("1.5s");
    assertThat(GoDuration.format(Duration.ofMillis(20))).isEqualTo("20ms");
  }

  @Test
  void quotesWhatCouldMoveTheCursor() {
    assertThat(GoText.quote("a\"b\\c\n\t\u001b\u007f\u202eé😀\u00a0"))
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\x1b\\x7f\\u202eé😀\\u00a0\"");
    assertThat(GoText.quote('\'')).isEqualTo("'\\''");
  }

  @Test
  void readsCommaSeparatedValues() throws BadValueException {
    assertThat(CsvLine.parse("")).isEmpty();
    assertThat(CsvLine.parse("a")).containsExactly("a");
    assertThat(CsvLine.parse("a,,b,")).containsExactly("a", "", "b", "");
    assertThat(CsvLine.parse("\"a,\"\"b\"\"\",c")).containsExactly("a,\"b\"", "c");
    assertThat(CsvLine.parse("\na\nb")).isEqualTo(List.of("a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a\"b    | parse error on line 1, column 2: bare \" in non-quoted field",
        "\"a\"b  | parse error on line 1, column 3: extraneous or missing \" in quoted-field",
        "\"a     | parse error on line 1, column 3: extraneous or missing \" in quoted-field"
      })
  void refusesStrayQuotes(String text, String message) {
    assertThatThrownBy(() -> CsvLine.parse(text)).hasMessage(message);
  }

  @Test
  void refusesEmptyLinesAlone() {
    assertThatThrownBy(() -> CsvLine.parse("\n")).hasMessage("EOF");
  }
}
