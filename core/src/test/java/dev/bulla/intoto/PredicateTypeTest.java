package dev.bulla.intoto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredicateTypeTest {

  @ParameterizedTest
  @CsvSource({
    "spdx, https://spdx.dev/Document",
    "spdxjson, https://spdx.dev/Document",
    "vuln, https://cosign.sigstore.dev/attestation/vuln/v1",
    "https://example.com/x, https://example.com/x",
    "urn:x, urn:x",
    "/path, /path",
  })
  void knowsNamesAndTakesUris(String typed, String uri) {
    assertThat(PredicateType.uri(typed)).contains(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nope", "SPDX", "x y", "https://a b", ":x", "1x:y", "a_b:c"})
  void refusesTheRest(String typed) {
    assertThat(PredicateType.uri(typed)).isEmpty();
  }
}
