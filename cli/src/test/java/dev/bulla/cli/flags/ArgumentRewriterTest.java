package dev.bulla.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentRewriterTest {

  private final List<String> warnings = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"-x", "-", "--", "--key", "--key=v", "---x", "word", "", "a-b"})
  void leavesAloneWhatIsSpelledRight(String argument) {
    assertThat(rewrite(argument)).isEqualTo(new Word(argument, false));
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-key, --key",
    "-output=json, --output=json",
    "-f=true, --f=true",
    "-ojson, --ojson",
    "-rf, --rf",
    "-a=k=v, --a=k=v"
  })
  void putsASecondDashBeforeALongName(String typed, String read) {
    assertThat(rewrite(typed)).isEqualTo(new Word(read, true));
    assertThat(warnings)
        .containsExactly(
            "WARNING: the "
                + typed
                + " flag is deprecated and will be removed in a future release. Please use the "
                + read
                + " flag instead.");
  }

  @Test
  void takesADashFromALetter() {
    assertThat(rewrite("--o")).isEqualTo(new Word("-o", false));
    assertThat(warnings)
        .containsExactly(
            "WARNING: the flag --o is deprecated and will be removed in a future release. Please"
                + " use the flag -o.");
  }

  @Test
  void readsTheOldVersionFlagAsACommand() {
    assertThat(rewrite("-version")).isEqualTo(new Word("version", false));
    assertThat(warnings)
        .containsExactly(
            "WARNING: the -version flag is deprecated and will be removed in a future release."
                + " Please use the version subcommand instead.");
  }

  @Test
  void looksAtValuesAndAtWordsBehindTheEndOfFlagsToo() {
    ArgumentRewriter.Rewritten line =
        ArgumentRewriter.rewrite(List.of("verify", "--key", "-odd", "--", "-odd"));

    assertThat(line.words())
        .extracting(Word::text)
        .containsExactly("verify", "--key", "--odd", "--", "--odd");
    assertThat(line.warnings()).hasSize(2);
  }

  private Word rewrite(String argument) {
    ArgumentRewriter.Rewritten line = ArgumentRewriter.rewrite(List.of(argument));
    warnings.addAll(line.warnings());
    return line.words().get(0);
  }
}
