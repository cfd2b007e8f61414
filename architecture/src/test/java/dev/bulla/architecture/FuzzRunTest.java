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

/** What {@code fuzz/run} calls passed, with a Jazzer that only pretends. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX system")
final class FuzzRunTest {

  private static final Path SLOW = Path.of("fuzz/target/fuzzing/slow/two/timeout-1");

  @TempDir private Path folder;

  private Checkout checkout;

  @BeforeEach
  void layOut() throws IOException {
    checkout = new Checkout(folder);
    checkout.copy("fuzz/run");
    checkout.copy(".mvn/find-jdk.sh");
    for (String target : new String[] {"one", "two", "three"}) {
      checkout.write("fuzz/src/test/resources/corpus/" + target + "/seed", "seed");
    }
    checkout.program(
        "mvnw",
        "cd \"${0%/*}/fuzz\" && mkdir -p target/quick && echo x.jar >target/quick/class-path");
    checkout.with("FUZZ_JOBS", "1");
    jazzer("");
  }

  /**
   * Every target makes inputs of its own.
   *
   * @param but what happens instead, as lines of bash that know {@code $name} and {@code $work}
   */
  private void jazzer(String but) throws IOException {
    checkout.java(
        """
        while [ "$1" != dev.bulla.fuzz.JazzerEntry ]; do shift; done
        work=$3
        shift 3
        for name; do
          case $name in -*) continue ;; esac
          mkdir -p "$work/corpus/$name" "$work/findings/$name"
          echo "== begins: $name" >&2
          own=800
          %s
          echo "== ends: $name 900 $own" >&2
        done
        """
            .formatted(but));
  }

  @Test
  void everyTargetThatMadeInputsOfItsOwnPassed() throws Exception {
    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).as("%s", result.lines()).isZero();
    assertThat(result.last()).isEqualTo("3 passed, 0 failed, 0 skipped");
  }

  @Test
  void aTargetThatRanOnlyItsSeedsFails() throws Exception {
    jazzer("[ $name != two ] || own=0");

    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .anyMatch(line -> line.matches("two +FAILED, ran nothing but what it began with: 900 .*"))
        .contains("2 passed, 1 failed, 0 skipped");
    assertThat(result.last()).isEqualTo("fuzz/run: failed: two");
  }

  @Test
  void aFindingIsNamedAndTheOthersRunOn() throws Exception {
    jazzer("[ $name != two ] || { echo found >$work/findings/two/crash-1; exit 77; }");

    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .anyMatch(line -> line.endsWith("findings/two/crash-1"))
        .contains("2 passed, 1 failed, 0 skipped");
  }

  @Test
  void anInputThatWasSlowOnceIsKeptAndNamed() throws Exception {
    jazzer(
        """
        if [ $name = two ] && [ ! -e $work/corpus/two/timeout-1 ]; then
          echo slow >$work/findings/two/timeout-1
          exit 70
        fi
        """);

    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).as("%s", result.lines()).isZero();
    assertThat(result.lines())
        .filteredOn(line -> line.startsWith("slow once: "))
        .singleElement()
        .asString()
        .startsWith("slow once: two: ")
        .endsWith("/" + SLOW);
    assertThat(checkout.resolve(SLOW.toString())).hasContent("slow");
    assertThat(checkout.run("fuzz/run", "1").lines()).noneMatch(line -> line.startsWith("slow"));
    assertThat(Files.exists(checkout.resolve(SLOW.toString()))).isTrue();
  }

  @Test
  void anInputThatIsSlowAgainIsAFinding() throws Exception {
    jazzer("[ $name != two ] || { echo slow >$work/findings/two/timeout-1; exit 70; }");

    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).isNotZero();
    assertThat(result.lines())
        .noneMatch(line -> line.startsWith("slow once: "))
        .anyMatch(line -> line.endsWith("findings/two/timeout-1"))
        .contains("2 passed, 1 failed, 0 skipped");
  }

  @Test
  void aJazzerThatDoesNotStartFailsAllTargets() throws Exception {
    checkout.java("echo 'no such class' >&2; exit 1");

    assertThat(checkout.run("fuzz/run", "1").lines()).contains("0 passed, 3 failed, 0 skipped");
  }

  @Test
  void aBuildThatFailsFailsTheRun() throws Exception {
    checkout.program("mvnw", "echo 'does not compile'; exit 1");

    Result result = checkout.run("fuzz/run", "1");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.lines()).containsExactly("does not compile", "fuzz/run: the build failed");
  }
}
