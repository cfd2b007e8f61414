package dev.bulla.sigstore.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.sigstore.tuf.FollowedRoot;
import dev.bulla.trust.TrustedRoot;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the release brings is what the roots of the test vectors lead to. */
class KnownInstanceTest {

  @ParameterizedTest
  @CsvSource({"PUBLIC_GOOD, tuf-public-good-root.json", "STAGING, tuf-staging-root.json"})
  void theRootWasSignedByTheOneBefore(KnownInstance known, String vector) throws Exception {
    try (InputStream in = KnownInstanceTest.class.getResourceAsStream("/vectors/roots/" + vector)) {
      Bytes before = Bytes.of(Objects.requireNonNull(in).readAllBytes());
      FollowedRoot.assertFollows(before, known.root());
    }
  }

  @Test
  void theTrustedRootOfTheReleaseIsOne() throws Exception {
    TrustedRoot root = TrustedRoot.parse(KnownInstance.PUBLIC_GOOD.trustedRoot().orElseThrow());
    assertThat(root.logs()).isNotEmpty();
    assertThat(root.authorities()).isNotEmpty();
    assertThat(root.certificateLogs()).isNotEmpty();
    assertThat(KnownInstance.STAGING.trustedRoot()).isEmpty();
  }
}
