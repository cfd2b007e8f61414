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

  private List<String> states() throws Exception {
    Result result = checkout.run("interop/setup");
    assertThat(result.exit()).as("%s", result.lines()).isZero();
    return result.lines().stream()
        .filter(line -> line.matches("(gone|built|packed) +v1 .*"))
        .map(line -> line.split(" +"))
        .map(cells -> cells[0] + " " + cells[2])
        .toList();
  }
}
