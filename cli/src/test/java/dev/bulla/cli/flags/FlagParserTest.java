package dev.bulla.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.BullaBug;
import dev.bulla.error.ConfigurationException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagParserTest {

  private static final Flag<String> KEY = Flag.text("key", "a key").alias("kms").shorthand('k');
  private static final Flag<Boolean> UPLOAD = Flag.onOff("upload", "upload it").orElse(true);
  private static final Flag<Boolean> YES = Flag.onOff("yes", "yes").shorthand('y').shorthand('f');
  private static final Flag<Long> WORKERS = Flag.number("workers", "how many").orElse(10L);
  private static final Flag<Duration> WAIT = Flag.duration("wait", "how long").shorthand('w');
  private static final Flag<List<String>> NOTES = Flag.commaList("notes", "k=v").shorthand('n');
  private static final Flag<List<String>> FILES = Flag.repeatable("files", "files");
  private static final Flag<String> MODE =
      Flag.choice("mode", "how", "legacy", "oci-1-1").orElse("legacy");
  private static final Flag<String> CERTIFICATE = Flag.text("certificate", "a certificate");
  private static final Flag<String> OLD = Flag.text("old", "old").deprecated("use the new one");
  private static final Flag<Boolean> SK =
      Flag.onOff("sk", "hardware").notBuiltYet("--sk is not there yet");

  private static final CommandSpec SPEC =
      CommandSpec.of("try", "Try it")
          .flags("All", KEY, UPLOAD, YES, WORKERS, WAIT, NOTES, FILES, MODE, CERTIFICATE, OLD, SK);

  @Test
  void readsEverySpellingOfAFlag() throws UsageException {
    assertThat(parse("--key", "a").get(KEY)).isEqualTo("a");
    assertThat(parse("--key=a").get(KEY)).isEqualTo("a");
    assertThat(parse("--key=").get(KEY)).isEmpty();
    assertThat(parse("--key=a=b").get(KEY)).isEqualTo("a=b");
    assertThat(parse("-k", "a").get(KEY)).isEqualTo("a");
    assertThat(parse("-k=a").get(KEY)).isEqualTo("a");
    assertThat(parse("-ka").get(KEY)).isEqualTo("a");
    assertThat(parse("-yka").get(KEY)).isEqualTo("a");
    assertThat(parse("--kms", "a").get(KEY)).isEqualTo("a");
    assertThat(parse("--cert", "a").get(CERTIFICATE)).isEqualTo("a");
    assertThat(parse("-f").get(YES)).isTrue();
  }

  @Test
  void keepsDefaultsAndTellsThemFromWhatWasSet() throws UsageException {
    ParsedFlags flags = parse("--upload=true");

    assertThat(flags.get(UPLOAD)).isTrue();
    assertThat(flags.isSet(UPLOAD)).isTrue();
    assertThat(flags.get(WORKERS)).isEqualTo(10);
    assertThat(flags.source(WORKERS)).isEqualTo(ParsedFlags.Source.DEFAULT);
  }

  @Test
  void letsTheLastOccurrenceCount() throws UsageException {
    assertThat(parse("--key", "a", "--key", "b").get(KEY)).isEqualTo("b");
  }

  @Test
  void collectsLists() throws UsageException {
    assertThat(parse("-n", "a=1,b=2", "-n", "\"c=3,4\"").get(NOTES))
        .containsExactly("a=1", "b=2", "c=3,4");
    assertThat(parse("--files", "a,b", "--files", "c").get(FILES)).containsExactly("a,b", "c");
  }

  @Test
  void givesASwitchAValueOnlyBehindAnEqualsSign() throws UsageException {
    ParsedFlags flags = parse("--upload", "false");

    assertThat(flags.get(UPLOAD)).isTrue();
    assertThat(flags.arguments()).containsExactly("false");
    assertThat(parse("--upload=false").get(UPLOAD)).isFalse();
  }

  @Test
  void readsFlagsInAnyPlaceUntilTwoDashes() throws UsageException {
    ParsedFlags flags = parse("a", "-y", "b", "-", "--", "--key", "c");

    assertThat(flags.arguments()).containsExactly("a", "b", "-", "--key", "c");
    assertThat(flags.get(YES)).isTrue();
    assertThat(flags.isSet(KEY)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--foo              | unknown flag: --foo",
        "--foo=bar          | unknown flag: --foo",
        "-x                 | unknown shorthand flag: 'x' in -x",
        "-yx                | unknown shorthand flag: 'x' in -x",
        "--key              | flag needs an argument: --key",
        "--kms              | flag needs an argument: --kms",
        "-k                 | flag needs an argument: 'k' in -k",
        "---x               | bad flag syntax: ---x",
        "--=x               | bad flag syntax: --=x",
        "--cert-email=x     | unknown flag: --cert-email",
        "--upload=foo       | invalid argument \"foo\" for \"--upload\" flag: strconv.ParseBool:"
            + " parsing \"foo\": invalid syntax",
        "-y=foo             | invalid argument \"foo\" for \"-y, --yes\" flag: strconv.ParseBool:"
            + " parsing \"foo\": invalid syntax",
        "--workers=x        | invalid argument \"x\" for \"--workers\" flag: strconv.ParseInt:"
            + " parsing \"x\": invalid syntax",
        "--workers=9223372036854775808 | invalid argument \"9223372036854775808\" for"
            + " \"--workers\" flag: strconv.ParseInt: parsing \"9223372036854775808\": value out of"
            + " range",
        "--wait=10          | invalid argument \"10\" for \"-w, --wait\" flag: time: missing unit"
            + " in duration \"10\"",
        "--mode=x           | invalid argument \"x\" for \"--mode\" flag: must be one of"
            + " \"legacy\", \"oci-1-1\"",
        "--notes=a\"b       | invalid argument \"a\\\"b\" for \"-n, --notes\" flag: parse error on"
            + " line 1, column 2: bare \" in non-quoted field",
      })
  void refusesInTheWordsOfTheContract(String argument, String message) {
    assertThatThrownBy(() -> parse(argument))
        .isInstanceOf(UsageException.class)
        .hasMessage(message);
  }

  @Test
  void showsNoControlCharactersOfWhatWasTyped() {
    assertThatThrownBy(() -> parse("--\u001b[31mfoo")).hasMessage("unknown flag: --\\u{1b}[31mfoo");
    assertThatThrownBy(() -> parse("-\u001b")).hasMessageNotContaining("\u001b");
    assertThat(ArgumentRewriter.rewrite(List.of("-\u001bkey", "--\u001b")).warnings())
        .allSatisfy(warning -> assertThat(warning).doesNotContain("\u001b"));
  }

  @ParameterizedTest
  @CsvSource({"0x10, 16", "0b11, 3", "0o17, 15", "017, 15", "0, 0", "-5, -5", "+5, 5"})
  void readsNumbersWithGoPrefixes(String text, long value) throws UsageException {
    assertThat(parse("--workers=" + text).get(WORKERS)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "1.5", "--5", "٣", "1_"})
  void refusesWhatIsNoNumber(String text) {
    assertThatThrownBy(() -> parse("--workers=" + text)).isInstanceOf(UsageException.class);
  }

  @Test
  void remembersWhichFlagsWereTypedWithOneDash() throws UsageException {
    ParsedFlags flags = parseAsTyped("-key", "-odd", "-y");

    assertThat(flags.usedSingleDashLong()).isTrue();
    assertThat(flags.usedSingleDashLong(KEY)).isTrue();
    assertThat(flags.get(KEY)).isEqualTo("--odd");
    assertThat(parseAsTyped("-kms", "x").usedSingleDashLong(KEY)).isTrue();
  }

  @Test
  void doesNotTakeLettersOrValuesForOneDashNames() throws UsageException {
    assertThat(parseAsTyped("-y", "-k", "a", "b").usedSingleDashLong()).isFalse();
    assertThat(parseAsTyped("--key", "-odd").usedSingleDashLong()).isFalse();
    assertThat(parseAsTyped("--", "-odd").usedSingleDashLong()).isFalse();
  }

  @Test
  void saysEachTimeThatAFlagIsDeprecated() throws UsageException {
    assertThat(parse("--old", "a", "--old=b").notices())
        .containsExactly(
            "Flag --old has been deprecated, use the new one",
            "Flag --old has been deprecated, use the new one");
  }

  @Test
  void refusesWhatIsNotBuiltOnlyWhenItIsAskedFor() throws Exception {
    parse("--sk=false").refuseWhatIsNotBuilt();

    ParsedFlags asking = parse("--sk");
    assertThatThrownBy(asking::refuseWhatIsNotBuilt)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--sk is not there yet");
  }

  @Test
  void takesTheQuestionForAnUndeclaredFlagAsABug() throws UsageException {
    ParsedFlags flags = parse();

    assertThatThrownBy(() -> flags.get(Flag.text("other", "not declared")))
        .isInstanceOf(BullaBug.class);
  }

  @Test
  void refusesTwoFlagsOfOneName() {
    CommandSpec twice = CommandSpec.of("try", "Try it").flags("All", KEY, KEY);

    assertThatThrownBy(() -> FlagSet.of(twice)).isInstanceOf(BullaBug.class);
  }

  private static ParsedFlags parse(String... words) throws UsageException {
    return FlagParser.parse(
        SPEC, List.of(words).stream().map(text -> new Word(text, false)).toList());
  }

  private static ParsedFlags parseAsTyped(String... arguments) throws UsageException {
    return FlagParser.parse(SPEC, ArgumentRewriter.rewrite(List.of(arguments)).words());
  }
}
