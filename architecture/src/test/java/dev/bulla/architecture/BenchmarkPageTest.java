package dev.bulla.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.architecture.Checkout.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a benchmark puts into a page was measured whole, whether its budgets are kept or not. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX system")
final class BenchmarkPageTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "benchmarks/admission/run, 0, new",
    "benchmarks/admission/run, 3, new",
    "benchmarks/admission/run, 1, old",
    "benchmarks/admission/run, 137, old",
    "benchmarks/soak/run, 0, new",
    "benchmarks/soak/run, 3, new",
    "benchmarks/soak/run, 1, old"
  })
  void onlyAWholeTableReachesThePage(String script, int status, String row) throws Exception {
    Checkout checkout = new Checkout(folder);
    checkout.copy("benchmarks/page.sh");
    checkout.copy(".mvn/find-jdk.sh");
    checkout.copy(script);
    checkout.program("bulla", "true");
    checkout.program("mvnw", "true");
    checkout.java("echo new; exit " + status);
    checkout.write("page.md", page(script, "old"));

    Result result = checkout.run(script, "--markdown", checkout.resolve("page.md").toString());

    assertThat(result.exit()).isEqualTo(status);
    assertThat(checkout.resolve("page.md")).hasContent(page(script, row));
  }

  private static String page(String script, String row) {
    return "before\n<!-- begin "
        + script
        + " -->\n"
        + row
        + "\n<!-- end "
        + script
        + " -->\nafter\n";
  }
}
