package dev.bulla.kms.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsConformance;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The suite over the double. What transit cannot do is listed here, so that nothing else is left
 * out.
 */
class TransitConformanceTest {

  private static final Set<String> NOT_POSSIBLE = Set.of("a wrong clock is named");

  @TestFactory
  Stream<DynamicTest> conformance() {
    return Stream.of("hashivault", "openbao")
        .flatMap(scheme ->
            KmsConformance.checks().stream()
                .map(check ->
                    DynamicTest.dynamicTest(
                        scheme + ": " + check.name(),
                        () ->
                            assertThat(check.run(new TransitBench(scheme)))
                                .isEqualTo(!NOT_POSSIBLE.contains(check.name())))));
  }
}
