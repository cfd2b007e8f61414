package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.architecture.Checkout.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When {@code interop/setup} gets a peer again; the getting itself only pretends. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX system")
@EnabledIf(value = "canLock", disabledReason = "interop/setup needs flock")
final class InteropSetupTest {

  @TempDir private Path folder;

  private Checkout checkout;

  static boolean canLock() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(bin -> Files.isExecutable(Path.of(bin, "flock")));
  }

  @BeforeEach
  void layOut() throws IOException {
    checkout = new Checkout(folder);
    checkout.copy("interop/setup");
    checkout.copy("interop/lib/cache.sh");
    checkout.program(
        "interop/lib/fetch.sh",
        "printf 'bin=it\\nversion=v1\\n' >\"$2/peer\"; cp \"$0\" \"$2/it\"");
    checkout.write("interop/go/around-it/main.go", "one");
    checkout.write("interop/npm/packages/lock.json", "one");
    checkout.write(
        "interop/peers.txt",
        """
        gone   | required | 9 | v1 | version | go example.com/module v1 cmd/it
        built  | required | 9 | v1 | version | around around-it example.com/module
        packed | required | 9 | v1 | version | npm packages package
        """);
    checkout.with("BULLA_INTEROP_CACHE", checkout.resolve("cache").toString());
  }

  @Test
  void whatIsThereIsUsedAsItIs() throws Exception {
    assertThat(states()).containsExactly("gone installed", "built installed", "packed installed");
    assertThat(states()).containsExactly("gone cached", "built cached", "packed cached");
  }

  @ParameterizedTest
  @CsvSource({
    "interop/go/around-it/main.go, gone cached;built installed;packed cached",
    "interop/go/around-it/tags, gone cached;built installed;packed cached",
    "interop/npm/packages/lock.json, gone cached;built cached;packed installed",
  })
  void aChangeOfItsRecipeBuildsAPeerAgain(String file, String expected) throws Exception {
    states();
    checkout.write(file, "two");

    assertThat(states()).containsExactly(expected.split(";"));
    assertThat(states()).allMatch(line -> line.endsWith(" cached"));
  }

  /**
   * Two optional ones, of which the first is never done within its time, and one that is required.
   */
  private void layOutOptional(int secondsOfTheFirst) throws IOException {
    checkout.program(
        "interop/lib/fetch.sh",
        """
        echo "$2" | sed 's#.*/##' >>"$0.asked"
        case $2 in */endless) sleep 300 ;; esac
        printf 'bin=it\\nversion=v1\\n' >"$2/peer"; cp "$0" "$2/it"\
        """);
    checkout.write(
        "interop/peers.txt",
        """
        endless | optional | %d | v1 | version | go example.com/endless v1 cmd/it
        quick   | optional | 9 | v1 | version | go example.com/quick v1 cmd/it
        gone    | required | 9 | v1 | version | go example.com/module v1 cmd/it
        """
            .formatted(secondsOfTheFirst));
  }

  private List<String> asked() throws IOException {
    Path asked = checkout.resolve("interop/lib/fetch.sh.asked");
    return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
  }

  @Test
  void optionalPeersComeAfterTheRequiredOnes() throws Exception {
    layOutOptional(1);

    assertThat(states()).containsExactly("endless SKIPPED", "quick installed", "gone installed");
    assertThat(asked()).containsExactly("gone", "endless", "quick");
  }

  @Test
  void withoutTimeOptionalPeersWaitForTheNextRun() throws Exception {
    layOutOptional(1);
    checkout.with("BULLA_INTEROP_OPTIONAL_SECONDS", "0");

    Result result = checkout.run("interop/setup", "--require");
    assertThat(states(result))
        .containsExactly("endless SKIPPED", "quick SKIPPED", "gone installed");
    assertThat(asked()).containsExactly("gone");
    assertThat(result.lines())
        .anyMatch(line ->
            line.startsWith("quick ")
                && line.endsWith(
                    "no time left for optional peers: next time, or interop/setup --with quick"));

    checkout.with("BULLA_INTEROP_OPTIONAL_SECONDS", "300");
    assertThat(states()).containsExactly("endless SKIPPED", "quick installed", "gone cached");
  }

  @Test
  void aPeerForWhichTheCommonTimeWasTooShortIsTriedAgain() throws Exception {
    layOutOptional(200);
    checkout.with("BULLA_INTEROP_OPTIONAL_SECONDS", "3");

    for (int run = 0; run < 2; run++) {
      Result result = checkout.run("interop/setup");
      assertThat(states(result)).contains("endless SKIPPED", "quick SKIPPED");
      assertThat(result.lines())
          .anyMatch(line ->
              line.startsWith("endless ")
                  && line.matches(".*(not done within [1-3] s|no time left.*): next time.*"));
    }
  }

  /** Its own limit is longer than what all of them have, and it has failed within both. */
  @Test
  void aPeerThatCannotBeHadIsLeftAloneForAnHour() throws Exception {
    checkout.write(
        "interop/peers.txt",
        "broken | optional | 9000 | v1 | version | go example.com/broken v1 cmd/it\n");
    checkout.program("interop/lib/fetch.sh", "echo 403 >&2; exit 1");

    assertThat(checkout.run("interop/setup").lines()).anyMatch(line -> line.endsWith(": 403"));
    assertThat(checkout.run("interop/setup").lines())
        .anyMatch(line -> line.matches("broken .*: 403 .tried .*; again with --retry."));
  }

  @Test
  void aPeerThatWasNotDoneWithinItsOwnTimeIsLeftAloneForAnHour() throws Exception {
    layOutOptional(1);

    states();
    assertThat(states()).containsExactly("endless SKIPPED", "quick cached", "gone cached");
    assertThat(asked()).containsOnlyOnce("endless");

    checkout.run("interop/setup", "--with", "endless");
    assertThat(asked()).containsExactly("gone", "endless", "quick", "endless");
  }

  @ParameterizedTest
  @CsvSource({"--with, quick", "--all, --retry"})
  void whoeverIsAskedForHasItsOwnTime(String first, String second) throws Exception {
    layOutOptional(1);
    checkout.with("BULLA_INTEROP_OPTIONAL_SECONDS", "0");

    assertThat(states(checkout.run("interop/setup", first, second))).contains("quick installed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "an hour", "1.5"})
  void aTimeThatIsNoneIsRefused(String seconds) throws Exception {
    checkout.with("BULLA_INTEROP_OPTIONAL_SECONDS", seconds);

    Result result = checkout.run("interop/setup");
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.last()).contains("BULLA_INTEROP_OPTIONAL_SECONDS is a number of seconds");
  }

  private List<String> states() throws Exception {
    Result result = checkout.run("interop/setup");
    assertThat(result.exit()).as("%s", result.lines()).isZero();
    return states(result);
  }

  private static List<String> states(Result result) {
    return result.lines().stream()
        .filter(line -> line.matches("[a-z]+ +(v1|-) +[A-Za-z]+.*"))
        .map(line -> line.split(" +"))
        .map(cells -> cells[0] + " " + cells[2])
        .toList();
  }
}
