package dev.bulla.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionsTest {

  private static final List<String> NAMES = List.of("import-key-pair", "sign", "tree", "verify");

  @Test
  void guessesWhatIsTwoLettersOff() {
    assertThat(Suggestions.near("sing", NAMES)).containsExactly("sign");
    assertThat(Suggestions.near("teer", NAMES)).containsExactly("tree");
    assertThat(Suggestions.near("VERFY", NAMES)).containsExactly("verify");
    assertThat(Suggestions.near("foo", NAMES)).isEmpty();
  }

  @Test
  void guessesWhatStartsLikeThat() {
    assertThat(Suggestions.near("imp", NAMES)).containsExactly("import-key-pair");
    // Turkish has an i without a dot, which no command has
    assertThat(Suggestions.near("IMP", NAMES)).containsExactly("import-key-pair");
  }

  @Test
  void writesABlockThatGoesBehindAMessage() {
    assertThat(Suggestions.block("sing", NAMES)).isEqualTo("\n\nDid you mean this?\n\tsign\n");
    assertThat(Suggestions.block("foo", NAMES)).isEmpty();
  }

  @Test
  void measuresDistance() {
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("abc", "")).isEqualTo(3);
    assertThat(Suggestions.distance("abc", "abc")).isZero();
  }
}
