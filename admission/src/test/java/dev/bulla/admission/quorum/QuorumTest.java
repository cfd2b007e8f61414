package dev.bulla.admission.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truth table of several signatures, over the trust roots A, B and C. */
class QuorumTest {

  private static final List<String> ABC = List.of("A", "B", "C");

  private static List<String> names(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  private static Quorum quorum(String trustRoot, String threshold, String required)
      throws ConfigurationException {
    return Quorum.of(
        ABC,
        trustRoot,
        threshold.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(threshold)),
        required.equals("-") ? Optional.empty() : Optional.of(names(required)));
  }

  @ParameterizedTest
  @CsvSource({
    "A, -, -, A, admit",
    "A, -, -, B, validation threshold not reached (0/1)",
    "A, -, -, '', validation threshold not reached (0/1)",
    "*, -, -, A, validation threshold not reached (1/3)",
    "*, -, -, A B, validation threshold not reached (2/3)",
    "*, -, -, A B C, admit",
    "*, 0, -, A B, validation threshold not reached (2/3)",
    "*, 1, -, C, admit",
    "*, 2, -, A, validation threshold not reached (1/2)",
    "*, 2, -, A B, admit",
    "*, -, A C, C, missing required signatures from [A]",
    "*, -, A C, A C, admit",
    "*, -, A C, A B C, admit",
    "*, -, A, '', missing required signatures from [A]",
    "*, -, A B, '', missing required signatures from [A B]",
    "*, 1, A B, A, missing required signatures from [B]",
    "*, 2, A B, A C, validation threshold not reached (1/2)",
    "*, 3, A B, A B, validation threshold not reached (2/3)",
    "*, 3, A B, A B C, admit",
    "*, 3, A B, A C, validation threshold not reached (2/3)",
    "*, 2, A, B C, missing required signatures from [A]",
    "A, -, A, A, admit",
    "A, 1, -, A, admit"
  })
  void theTable(String trustRoot, String threshold, String required, String signed, String answer)
      throws Exception {
    assertThat(
            quorum(trustRoot, threshold, required)
                .missing(Set.copyOf(names(signed)))
                .orElse("admit"))
        .isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource({
    "'', -, -, unable to find trust root default",
    "X, -, -, unable to find trust root X",
    "*, 4, -, a threshold of 4 cannot be reached with 3 trust roots",
    "*, 2, A A, required names the trust root \"A\" twice",
    "*, -, X, unable to find trust root X",
    "*, 3, A X, unable to find trust root X",
    "A, -, B, 'required names \"B\", but the rule asks for \"A\" only'",
    "A, 2, -, a threshold of 2 cannot be reached with the one trust root \"A\"",
    "*, -, '', Required must contain at least 1 item",
    "*, -1, -, Threshold must be 0 or greater"
  })
  void whatCanNeverBeSatisfiedIsRefusedAtOnce(
      String trustRoot, String threshold, String required, String why) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> quorum(trustRoot, threshold, required))
        .withMessageContaining(why);
  }

  @Test
  void theDefaultTrustRootIsAskedWhereNoneIsNamed() throws Exception {
    Quorum quorum = Quorum.of(List.of("x", "default"), "", OptionalInt.empty(), Optional.empty());
    assertThat(quorum.asked()).containsExactly("default");
  }

  @Test
  void onlyThoseAreAskedWhoseSignatureCanCount() throws Exception {
    assertThat(quorum("*", "-", "A C").asked()).containsExactly("A", "C");
    assertThat(quorum("*", "2", "A C").asked()).containsExactly("A", "C");
    assertThat(quorum("*", "3", "A C").asked()).isEqualTo(ABC);
    assertThat(quorum("B", "-", "-").asked()).containsExactly("B");
  }

  @Test
  void whatHasNoEffectIsSaid() throws Exception {
    assertThat(quorum("A", "-", "A").notices()).hasSize(1);
    assertThat(quorum("*", "-", "A").notices()).isEmpty();
  }

  /** A further signature never denies, and one that is not asked for never admits. */
  @Test
  void moreSignaturesAreNeverWorse() throws Exception {
    Random random = new Random(8);
    for (int i = 0; i < 2000; i++) {
      List<String> required = new ArrayList<>(ABC);
      required.removeIf(name -> random.nextBoolean());
      Quorum quorum =
          Quorum.of(
              ABC,
              Quorum.ALL,
              OptionalInt.of(random.nextInt(4)),
              required.isEmpty() ? Optional.empty() : Optional.of(required));
      List<String> signed = new ArrayList<>(ABC);
      signed.removeIf(name -> random.nextBoolean());
      boolean enough = quorum.missing(Set.copyOf(signed)).isEmpty();
      if (enough) {
        assertThat(signed).containsAll(quorum.required());
        assertThat(signed.size()).isGreaterThanOrEqualTo(quorum.threshold());
        assertThat(quorum.missing(Set.copyOf(ABC))).isEmpty();
      }
      signed.add("stranger");
      assertThat(quorum.missing(Set.copyOf(signed)).isEmpty()).isEqualTo(enough);
    }
  }
}
