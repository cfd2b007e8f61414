package dev.bulla.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connaisseur's suite, row by row: every row has a test here that names it with {@link
 * ConnaisseurRow}. Where its answer is another one on purpose, the test asserts ours, and {@link
 * DeviationsTest} says why.
 */
class ConnaisseurRowsTest {

  /** Its parts, and how many rows each has. */
  private static final Map<String, Integer> PARTS =
      Map.ofEntries(
          Map.entry("R", 8), // suite "regular"
          Map.entry("C", 17), // suite "cosign"
          Map.entry("P", 5), // suite "pre-config"
          Map.entry("W", 16), // suite "workload"
          Map.entry("A", 3), // suite "alerting"
          Map.entry("M", 25), // matching of patterns
          Map.entry("I", 20), // names of images
          Map.entry("G", 29), // mistakes of a configuration
          Map.entry("H", 24), // the handler
          Map.entry("K", 15), // workloads and owners
          Map.entry("Z", 10), // skips and the cache
          Map.entry("V", 13), // the cosign validator
          Map.entry("U", 8), // logins
          Map.entry("E", 16)); // alerts

  private static final Map<String, List<String>> TESTS = new TreeMap<>();

  @BeforeAll
  static void collect() throws Exception {
    Path root =
        Path.of(
            ConnaisseurRowsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (Stream<Path> all = Files.walk(root.resolve("dev/bulla/admission"))) {
      files = all.filter(file -> file.toString().endsWith("Test.class")).sorted().toList();
    }
    for (Path file : files) {
      String name =
          root.relativize(file).toString().replace('/', '.').replaceFirst("[.]class$", "");
      for (Method method : Class.forName(name).getDeclaredMethods()) {
        ConnaisseurRow rows = method.getAnnotation(ConnaisseurRow.class);
        if (rows != null) {
          String test = name.replace("dev.bulla.admission.", "") + "." + method.getName();
          assertThat(DeviationsTest.isTest(method)).as(test).isTrue();
          assertThat(rows.value()).as(test).isNotEmpty().doesNotHaveDuplicates();
          for (String row : rows.value()) {
            TESTS.computeIfAbsent(row, it -> new ArrayList<>()).add(test);
          }
        }
      }
    }
  }

  @Test
  void everyRowHasATestAndNoTestNamesAnother() {
    List<String> rows = new ArrayList<>();
    PARTS.forEach((part, count) -> {
      for (int i = 1; i <= count; i++) {
        rows.add(part + i);
      }
    });
    assertThat(TESTS.keySet()).containsExactlyInAnyOrderElementsOf(rows);
  }

  /** Validators of these rows are refused when the configuration is read, which is all there is. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "R3, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName",
    "R4, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName",
    "R7, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName",
    "R8, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName",
    "P1, verify.ConnaisseurSuitesTest.theUsualValuesOfConnaisseurAreRefusedForTheirNotary",
    "P2, verify.ConnaisseurSuitesTest.theUsualValuesOfConnaisseurAreRefusedForTheirNotary",
    "P3, verify.ConnaisseurSuitesTest.theUsualValuesOfConnaisseurAreRefusedForTheirNotary",
    "P4, verify.ConnaisseurSuitesTest.theUsualValuesOfConnaisseurAreRefusedForTheirNotary",
    "G28, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName",
    "G29, config.ConfigLoaderTest.otherKindsOfSignaturesAreRefusedByName"
  })
  void notaryAndNotationAreRefused(String row, String test) {
    assertThat(TESTS.get(row)).containsExactly(test);
  }

  /**
   * Here the webhook answers; that a real API server stores and runs what it said is seen there.
   */
  @ParameterizedTest(name = "{0} in {1}")
  @CsvSource({
    "W1-W16, AdmissionTest, 'W1-W16: unsigned is denied, signed is stored with its digest'",
    "W9-W16, AdmissionTest, 'children of admitted owners and unchanged objects need no registry'",
    "P2, HelmChartTest, 'the line of the documents installs it, with their validator in its values'",
    "P5, HelmChartTest, 'a real API server takes it, keeps its secrets over an upgrade'"
  })
  void whatOnlyAClusterShowsIsInInterop(String rows, String type, String test) throws IOException {
    Path file = Path.of("../interop/src/test/java/dev/bulla/interop", type + ".java");
    assertThat(Files.readString(file)).contains(test);
  }
}
