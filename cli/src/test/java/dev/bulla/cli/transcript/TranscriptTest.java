package dev.bulla.cli.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The judge is judged: a transcript that agrees with everything proves nothing. */
class TranscriptTest {

  private final Placeholders placeholders = new Placeholders();

  @Test
  void readsBlocks() {
    List<TranscriptBlock> blocks =
        Transcript.parse(
            """
            $ cosign a
            stdin 'n\\n\\'x\\''
            # X=1
            exit 0
            --- stdout
            one

            two
            (no final newline)
            --- stderr

            said

            after an empty line

            $ cosign b
            exit 12
            --- stdout
            --- stderr
            """);

    assertThat(blocks)
        .containsExactly(
            new TranscriptBlock(
                "cosign a",
                Optional.of("n\n'x'"),
                List.of("X=1"),
                0,
                "one\n\ntwo",
                List.of("", "said", "", "after an empty line")),
            new TranscriptBlock("cosign b", Optional.empty(), List.of(), 12, "", List.of()));
  }

  @Test
  void wantsEveryLineOfStderrInOrder() {
    assertThat(difference(List.of("a", "b"), "a\nb\n")).isEmpty();
    assertThat(difference(List.of("a", "b"), "b\na\n")).isPresent();
    assertThat(difference(List.of("a", "b"), "a\n")).contains("line \"b\" is missing");
    assertThat(difference(List.of("a"), "a\nmore\n")).isPresent();
  }

  @Test
  void letsOurOwnLinesStandBetween() {
    assertThat(difference(List.of("a", "b"), "note: x\n  detail\na\nhint: y\nb\n")).isEmpty();
    assertThat(difference(List.of("a", "b"), "a\n  detail\nb\n")).isPresent();
    assertThat(difference(List.of("a", "$PRIVACY_STATEMENT", "b"), "a\nlong\ntext\nb\n")).isEmpty();
  }

  @Test
  void learnsADigestOnceAndKeepsIt() {
    String one = "1".repeat(64);
    String two = "2".repeat(64);

    assertThat(placeholders.match("$HEX1 $HEX2 $HEX1", one + " " + two + " " + one)).isTrue();
    assertThat(placeholders.match("sha256-$HEX1.sig", "sha256-" + two + ".sig")).isFalse();
    assertThat(placeholders.fill("x@sha256:$HEX2")).isEqualTo("x@sha256:" + two);
    assertThat(placeholders.match("$HEX3", "short")).isFalse();
  }

  @Test
  void matchesTextsLiterally() {
    placeholders.bind("REG", "127.0.0.1:5000");

    assertThat(placeholders.match("$REG/a.b (x)*", "127.0.0.1:5000/a.b (x)*")).isTrue();
    assertThat(placeholders.match("$REG/a.b", "127.0.0.1:5000/aXb")).isFalse();
    assertThat(placeholders.match("{\"d\":\"$B64DIGEST\"}", "{\"d\":\"" + "A".repeat(43) + "=\"}"))
        .isTrue();
  }

  private Optional<String> difference(List<String> expected, String actual) {
    return new StderrComparison(placeholders).difference(expected, List.of(actual.split("\n", -1)));
  }
}
