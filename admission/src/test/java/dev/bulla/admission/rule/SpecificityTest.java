package dev.bulla.admission.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connaisseur's own table of which of two patterns is the closer one, and of what that goes by. */
class SpecificityTest {

  private static final String IMAGE = "docker.io/securesystemsengineering/sample:v1";

  @ParameterizedTest(name = "{0} {1} and {2}: {3}")
  @CsvSource({
    "M1, '', *, *",
    "M2, *:*, */*, */*",
    "M3, docker*/*, */*/*, */*/*",
    "M4, *, *:*, *:*",
    "M5, */*, docker*/*, docker*/*",
    "M6, */*/image:v1, */sam*/*, */sam*/*",
    "M7, docker.i*/s*, docker.io/*, docker.io/*",
    "M8, *:test, */*, */*",
    "M9, securesystemsengineering/sample:*, securesystemsengineering/sample:v*, securesystemsengineering/sample:v*",
    "M11, *, '', *"
  })
  @ConnaisseurRow({"M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M11"})
  void theCloserPatternWins(String row, String one, String other, String closer) {
    int difference = Specificity.of(one, IMAGE).compareTo(Specificity.of(other, IMAGE));
    assertThat(difference).isNotZero();
    assertThat(difference > 0 ? one : other).isEqualTo(closer);
    assertThat(Specificity.of(other, IMAGE).compareTo(Specificity.of(one, IMAGE)))
        .isEqualTo(-difference);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "M12, '', IMAGE, components=1 prefixes=0 lengths=0",
    "M13, *:*, IMAGE, components=1 prefixes=0 lengths=3",
    "M14, doc*/*, IMAGE, 'components=2 prefixes=3,0 lengths=4,1'",
    "M15, */sec*/*:*, IMAGE, 'components=3 prefixes=0,3,0 lengths=1,4,3'",
    "M16, *@sha256:*, IMAGE@sha256:DIGEST, components=1 prefixes=0 lengths=10"
  })
  @ConnaisseurRow({"M12", "M13", "M14", "M15", "M16"})
  void itGoesByComponentsPrefixesAndLengths(
      String row, String pattern, String image, String numbers) {
    String name = image.replace("IMAGE", IMAGE).replace("DIGEST", "4f".repeat(32));
    assertThat(Specificity.of(pattern, name)).hasToString(numbers);
  }
}
