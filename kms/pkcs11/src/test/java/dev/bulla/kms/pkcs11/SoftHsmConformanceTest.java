package dev.bulla.kms.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsConformance;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The suite on SoftHSM. What is left out is what a token cannot do: throttle, be out of reach, have
 * versions of a key, or rights other than by its PIN.
 */
class SoftHsmConformanceTest {

  private static final List<String> APPLIES =
      List.of(
          "a key of the usual type is made when it is missing",
          "every type can be made, read and signed with",
          "making a key twice keeps it",
          "a missing key is said to be missing",
          "the service takes its own signature and no other",
          "a key of another kind is refused",
          "a key deleted between two calls is missed");

  @TestFactory
  Stream<DynamicTest> conformance() {
    return KmsConformance.checks().stream()
        .filter(check -> APPLIES.contains(check.name()))
        .map(check ->
            DynamicTest.dynamicTest(
                check.name(), () -> assertThat(check.run(new SoftHsmBench())).isTrue()));
  }
}
