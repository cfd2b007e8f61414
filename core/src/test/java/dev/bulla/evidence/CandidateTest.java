package dev.bulla.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CandidateTest {

  private static final Origin ORIGIN = new Origin("r.io/app:sha256-ab.sig", 2);

  @Test
  void saysWhereItWasFound() {
    assertThat(ORIGIN).hasToString("signature 2 of r.io/app:sha256-ab.sig");
    assertThat(new Origin("r.io/app@sha256:ab", 0)).hasToString("r.io/app@sha256:ab");
  }

  @Test
  void takesAnEmptyAnnotationForNone() {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(LegacySignature.CERTIFICATE_ANNOTATION, "pem");
    annotations.put(LegacySignature.CHAIN_ANNOTATION, "");
    annotations.put(LegacySignature.LOG_BUNDLE_ANNOTATION, "{}");
    LegacySignature signature = new LegacySignature(ORIGIN, Bytes.EMPTY, "", annotations);
    annotations.put(LegacySignature.CHAIN_ANNOTATION, "later");

    assertThat(signature.certificate()).contains("pem");
    assertThat(signature.chain()).isEmpty();
    assertThat(signature.logBundle()).contains("{}");
    assertThat(signature.timestamp()).isEmpty();
    assertThat(signature.origin()).isEqualTo(ORIGIN);
  }

  @Test
  void tellsBrokenFromOutOfReach() {
    assertThat(new Unreadable(ORIGIN, new MalformedInputException("bundle", "no")))
        .matches(Unreadable::isMalformed);
    assertThat(new Unreadable(ORIGIN, new RegistryException(RegistryException.Kind.TIMEOUT, "no")))
        .matches(unreadable -> !unreadable.isMalformed());
  }
}
