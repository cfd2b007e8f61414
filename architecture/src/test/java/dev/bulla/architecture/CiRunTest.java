package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.architecture.Checkout.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code .ci/run} over stages that only pretend: what it calls green has run, and what it lacks is
 * in its summary.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX system")
final class CiRunTest {

  private static final String GOOD = "5 passed, 0 failed, 1 skipped";

  @TempDir private Path folder;

  private Checkout checkout;

  @BeforeEach
  void layOut() throws IOException {
    checkout = new Checkout(folder);
    checkout.copy(".ci/run");
    checkout.copy(".mvn/find-jdk.sh");
    program(".ci/java/get", "echo 'none to be had' >&2; exit 1");
    program("dist/check", "echo '" + GOOD + "'");
    program("fuzz/run", "echo '" + GOOD + "'");
    program("interop/run", "echo '" + GOOD + "'");
    Files.createDirectories(checkout.resolve("core/src/test/java"));
    maven(report("core", "tests=\"7\" errors=\"0\" skipped=\"2\" failures=\"0\""));
  }

  @Test
  void addsUpWhatItsStagesSayAndNamesWhatIsMissing() throws Exception {
    Result result = run(false);

    assertThat(result.exit()).isZero();
    assertThat(result.lines()).anyMatch(line -> line.startsWith("skipped: all tests on Java "));
    assertThat(result.last()).isEqualTo("20 passed, 0 failed, 6 skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dist/check", "fuzz/run", "interop/run"})
  void aStageThatRanNothingFailsWhateverItsStatus(String script) throws Exception {
    program(script, "echo '0 passed, 0 failed, 3 skipped'");

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines()).anyMatch(line -> line.matches("problem: .*: nothing passed"));
    assertThat(result.last()).isEqualTo("15 passed, 1 failed, 8 skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dist/check", "fuzz/run", "interop/run"})
  void aStageThatTellsNoCountFails(String script) throws Exception {
    program(script, "echo 'all is well'");

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines()).anyMatch(line -> line.matches("problem: .*: told no count"));
  }

  @ParameterizedTest
  @CsvSource({"dist/check, dist", "fuzz/run, fuzz", "interop/run, interop"})
  void aStageThatFailsDoesNotKeepTheOthersFromRunning(String script, String stage)
      throws Exception {
    program(script, "echo '5 passed, 2 failed, 0 skipped'; exit 1");

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines()).anyMatch(line -> line.matches(stage + " +FAILED .*"));
    assertThat(result.last()).isEqualTo("20 passed, 2 failed, 5 skipped");
  }

  @Test
  void anInputThatWasSlowOnceIsInTheSummary() throws Exception {
    program("fuzz/run", "echo 'slow once: json: findings/1'; echo '" + GOOD + "'");

    Result result = run(false);

    assertThat(result.exit()).isZero();
    assertThat(result.lines()).contains("flaky, to be mended: fuzz: slow once: json: findings/1");
  }

  @Test
  void aBuildThatFailsFailsTheRun() throws Exception {
    maven(report("core", "tests=\"1\" errors=\"0\" skipped=\"0\" failures=\"0\"") + "\nexit 1");

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.last()).isEqualTo("16 passed, 1 failed, 4 skipped");
  }

  @Test
  void aBuildWithoutTestReportsFailsTheRun() throws Exception {
    maven("true");

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .anyMatch(line -> line.matches("problem: on Java .* no test ran in: core"))
        .anyMatch(line -> line.matches("problem: on Java .* no test passed"));
  }

  /** Reports of an earlier run must not be counted. */
  @Test
  void reportsOfAnEarlierRunAreNotCounted() throws Exception {
    run(false);
    maven("true");

    assertThat(run(false).exit()).isNotZero();
  }

  @Test
  void aModuleWithTestsThatRanNoneFailsTheRun() throws Exception {
    Files.createDirectories(checkout.resolve("kms/new/src/test/java"));

    Result result = run(false);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .anyMatch(line -> line.matches("problem: .* no test ran in: kms/new"));
  }

  @Test
  void inCiTheOtherJavaHasToBeThere() throws Exception {
    Result result = run(true);

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines()).anyMatch(line -> line.endsWith("none to be had"));
  }

  @Test
  void anUnknownStageIsRefusedBeforeAnythingRuns() throws Exception {
    Result result = run(false, "fuzz", "fuz");

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.lines()).containsExactly(".ci/run: no such stage: fuz");
  }

  private static String report(String module, String counts) {
    String folder = module + "/target/surefire-reports";
    return "mkdir -p "
        + folder
        + "\necho '<testsuite name=\"a\" time=\"0.1\" "
        + counts
        + ">' >"
        + folder
        + "/TEST-a.xml";
  }

  private void maven(String script) throws IOException {
    program("mvnw", script);
  }

  private void program(String name, String script) throws IOException {
    checkout.program(name, script);
  }

  private Result run(boolean ci, String... stages) throws Exception {
    if (ci) {
      checkout.with("CI", "true");
    }
    return checkout.run(".ci/run", stages);
  }
}
