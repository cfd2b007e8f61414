package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsConformance;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The suite that every provider passes on its double, on the real server. */
@Interop
@DisplayName("the suite for key services, on Vault")
final class VaultConformanceTest {

  /** What this server cannot be made to do. */
  private static final Set<String> NOT_POSSIBLE =
      Set.of(
          "versions are asked for once",
          "throttling is waited for",
          "a server error is repeated",
          "a failing server is out of reach",
          "a wrong clock is named");

  private static VaultServer vault;

  /** Not before all of them: cells that are left out are then named. */
  @BeforeEach
  void start(Bench bench) throws Exception {
    if (vault == null) {
      vault = VaultServer.start(bench.peers());
    }
  }

  @AfterAll
  static void stop() {
    if (vault != null) {
      vault.close();
      vault = null; // a cell that failed is asked once more
    }
  }

  static List<KmsConformance.Check> checks() {
    return KmsConformance.checks().stream()
        .filter(check -> !NOT_POSSIBLE.contains(check.name()))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("checks")
  @DisplayName("check")
  void holds(KmsConformance.Check check) throws Exception {
    assertThat(check.run(new VaultBench(vault))).as("it could be tried").isTrue();
  }
}
