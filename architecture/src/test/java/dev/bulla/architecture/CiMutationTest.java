package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.architecture.Checkout.Result;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code .ci/mutation} judges a report; the changing of classes only pretends. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX system")
final class CiMutationTest {

  private static final String MATH = "MathMutator";
  private static final String COMPARISON = "RemoveConditionalMutator_EQUAL_IF";

  @TempDir private Path folder;

  private Checkout checkout;

  @BeforeEach
  void layOut() throws IOException {
    checkout = new Checkout(folder);
    checkout.copy(".ci/mutation");
    list();
  }

  @Test
  void aRunThatChangedNothingFails() throws Exception {
    report();

    Result result = checkout.run(".ci/mutation");

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines()).containsExactly("no mutants");
  }

  @Test
  void aSurvivorNeedsARow() throws Exception {
    report(row("verify.Judge", MATH, "KILLED"), row("verify.Judge", MATH, "SURVIVED"));

    assertThat(checkout.run(".ci/mutation").lines())
        .containsExactly(
            "survived and is not listed: verify.Judge.check Math, line 7", "1 of 2 mutants killed");

    list("verify.Judge.check Math");
    Result result = checkout.run(".ci/mutation");

    assertThat(result.lines()).first().asString().startsWith("survived, as listed: ");
    assertThat(result.exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        COMPARISON,
        "NegateConditionalsMutator",
        "VoidMethodCallMutator",
        "BooleanTrueReturnValsMutator"
      })
  void aComparisonThatNobodyMissesFailsListedOrNot(String mutator) throws Exception {
    list("verify.Judge.check " + mutator.replace("Mutator", ""));
    report(row("verify.Judge", mutator, "SURVIVED"));

    assertThat(checkout.run(".ci/mutation").exit()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TIMED_OUT", "MEMORY_ERROR", "NO_COVERAGE", "RUN_ERROR"})
  void whatWasNotDecidedIsASurvivor(String state) throws Exception {
    report(row("verify.Judge", COMPARISON, state));

    assertThat(checkout.run(".ci/mutation").exit()).isNotZero();
  }

  @Test
  void aRowWhoseChangeIsNoticedOrNoLongerMadeIsStale() throws Exception {
    list("verify.Judge.check Math", "verify.Judge.gone Math");
    report(row("verify.Judge", MATH, "KILLED"));

    Result result = checkout.run(".ci/mutation");

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .contains(
            "listed, but does not survive: verify.Judge.check Math",
            "listed, but does not survive: verify.Judge.gone Math");
  }

  /** The same name in another package, a class beside the one that was named, and a class in it. */
  @ParameterizedTest
  @CsvSource({
    "dev.bulla.tlog.*, tlog.Judge",
    "dev.bulla.verify.Other, verify.Other",
    "dev.bulla.verify.Other*, verify.Other$Inner"
  })
  void rowsOfClassesThatWereLeftOutAreNotStale(String classes, String made) throws Exception {
    list("verify.Judge.check Math");
    report(row(made, MATH, "KILLED"));

    assertThat(checkout.run(".ci/mutation", classes).exit()).isZero();
  }

  @Test
  void theTestsOfThePackageAreRun() throws Exception {
    report(row("tlog.Judge", MATH, "KILLED"));

    checkout.run(".ci/mutation", "dev.bulla.tlog.Judge*");

    assertThat(checkout.resolve("asked"))
        .content()
        .contains("-Dmutation.classes=dev.bulla.tlog.Judge*")
        .contains("-Dmutation.tests=dev.bulla.tlog.*");
  }

  private static String row(String type, String mutator, String state) {
    return "Judge.java,dev.bulla."
        + type
        + ",org.pitest."
        + mutator
        + ",check,7,"
        + state
        + ",none";
  }

  private void list(String... names) throws IOException {
    StringBuilder page = new StringBuilder("| survivor | why it may |\n|---|---|\n");
    for (String name : names) {
      page.append("| `").append(name).append("` | for a reason |\n");
    }
    checkout.write("docs/mutation.md", page + "\n| run | changes | noticed |\n|---|---|---|\n");
  }

  private void report(String... rows) throws IOException {
    checkout.program(
        "mvnw",
        "printf '%s\\n' \"$@\" >asked; mkdir -p core/target/pit-reports\ncat >core/target/pit-reports/mutations.csv <<'END'\n"
            + String.join("\n", rows)
            + (rows.length == 0 ? "" : "\n")
            + "END");
  }
}
