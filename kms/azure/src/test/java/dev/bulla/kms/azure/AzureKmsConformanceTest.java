package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsConformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The suite over the double; nothing is left out. */
class AzureKmsConformanceTest {

  @TestFactory
  Stream<DynamicTest> conformance() {
    return KmsConformance.checks().stream()
        .map(check ->
            DynamicTest.dynamicTest(
                check.name(), () -> assertThat(check.run(new AzureKmsBench())).isTrue()));
  }
}
