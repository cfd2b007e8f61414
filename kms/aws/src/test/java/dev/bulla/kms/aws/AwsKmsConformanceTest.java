package dev.bulla.kms.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsConformance;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The suite over the double. AWS does not rotate keys that sign; nothing else is left out. */
class AwsKmsConformanceTest {

  private static final Set<String> NOT_POSSIBLE =
      Set.of("after a rotation old signatures count", "a retired version counts no more");

  @TestFactory
  Stream<DynamicTest> conformance() {
    return KmsConformance.checks().stream()
        .map(check ->
            DynamicTest.dynamicTest(
                check.name(),
                () ->
                    assertThat(check.run(new AwsKmsBench()))
                        .isEqualTo(!NOT_POSSIBLE.contains(check.name()))));
  }
}
