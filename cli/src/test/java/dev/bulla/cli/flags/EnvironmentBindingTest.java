package dev.bulla.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentBindingTest {

  private static final Flag<String> KEY = Flag.text("key", "a key");
  private static final Flag<Boolean> IGNORE = Flag.onOff("insecure-ignore-tlog", "ignore it");
  private static final Flag<List<String>> NOTES = Flag.commaList("notes", "k=v");
  private static final Flag<String> OLD =
      Flag.text("old", "old").deprecated("use the new one").hidden();

  private static final CommandSpec SPEC =
      CommandSpec.of("try", "Try it").flags("All", KEY, IGNORE, NOTES, OLD).bindsEnvironment();

  @Test
  void readsAFlagFromItsVariable() throws UsageException {
    ParsedFlags flags = bind(Map.of("COSIGN_INSECURE_IGNORE_TLOG", "1", "COSIGN_NOTES", "a=1,b=2"));

    assertThat(flags.get(IGNORE)).isTrue();
    assertThat(flags.source(IGNORE)).isEqualTo(ParsedFlags.Source.ENVIRONMENT);
    assertThat(flags.get(NOTES)).containsExactly("a=1", "b=2");
  }

  @Test
  void prefersTheLineThenOurNameThenCosigns() throws UsageException {
    Map<String, String> both = Map.of("BULLA_KEY", "ours", "COSIGN_KEY", "theirs");

    assertThat(bind(both, "--key=line").get(KEY)).isEqualTo("line");
    assertThat(bind(both).get(KEY)).isEqualTo("ours");
    assertThat(bind(Map.of("COSIGN_KEY", "theirs", "BULLA_KEY", "")).get(KEY)).isEqualTo("theirs");
  }

  @Test
  void takesAnEmptyVariableAsNotSet() throws UsageException {
    assertThat(bind(Map.of("COSIGN_KEY", "")).isSet(KEY)).isFalse();
  }

  @Test
  void namesTheVariableWhoseValueCannotBeRead() {
    assertThatThrownBy(() -> bind(Map.of("BULLA_INSECURE_IGNORE_TLOG", "yes")))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "invalid value \"yes\" in the environment variable BULLA_INSECURE_IGNORE_TLOG for"
                + " \"--insecure-ignore-tlog\" flag: strconv.ParseBool: parsing \"yes\": invalid"
                + " syntax");
  }

  @Test
  void bindsDeprecatedFlagsWithoutAWord() throws UsageException {
    ParsedFlags flags = bind(Map.of("COSIGN_OLD", "x"));

    assertThat(flags.get(OLD)).isEqualTo("x");
    assertThat(flags.notices()).isEmpty();
  }

  @Test
  void bindsTheTimeoutButNotWhatIsReadBeforeTheEnvironment() throws UsageException {
    ParsedFlags flags =
        bind(
            Map.of(
                "COSIGN_TIMEOUT", "5s",
                "COSIGN_VERBOSE", "true",
                "COSIGN_OUTPUT_FILE", "f",
                "COSIGN_HELP", "maybe"));

    assertThat(flags.get(GlobalFlags.TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
    assertThat(flags.get(GlobalFlags.VERBOSE)).isFalse();
    assertThat(flags.get(GlobalFlags.OUTPUT_FILE)).isEmpty();
  }

  private static ParsedFlags bind(Map<String, String> environment, String... arguments)
      throws UsageException {
    List<Word> words = List.of(arguments).stream().map(text -> new Word(text, false)).toList();
    return EnvironmentBinding.bind(FlagParser.parse(SPEC, words), environment);
  }
}
