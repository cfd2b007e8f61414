package dev.bulla.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.Bundle;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

  /** Member for member what cosign 2.5 and 3.1 write: formats.md 3.4. */
  @Test
  void writesTheLogEntryOfTheOlderFormat() throws Exception {
    Bytes body = Bytes.utf8("{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\"}");
    Bundle.LogEntry entry =
        new Bundle.LogEntry(
            98235800,
            Bytes.of((byte) 0xab, (byte) 0xcd),
            "hashedrekord",
            "0.0.1",
            1717082297,
            Optional.of(Bytes.utf8("set")),
            Optional.empty(),
            body);

    String text = LegacyLogBundle.write(entry);

    assertThat(text)
        .isEqualTo(
            "{\"SignedEntryTimestamp\":\"c2V0\",\"Payload\":{\"body\":\""
                + Base64Text.encode(body)
                + "\",\"integratedTime\":1717082297,\"logIndex\":98235800,\"logID\":\"abcd\"}}");
    assertThat(LegacyLogBundle.parse(text)).isEqualTo(entry);
  }

  @Test
  void writesTheTimestampOfTheOlderFormat() throws Exception {
    String text = LegacyTimestamp.write(Bytes.utf8("tsr"));

    assertThat(text).isEqualTo("{\"SignedRFC3161Timestamp\":\"dHNy\"}");
    assertThat(LegacyTimestamp.parse(text)).isEqualTo(Bytes.utf8("tsr"));
  }

  @Test
  void tellsBrokenFromOutOfReach() {
    assertThat(new Unreadable(ORIGIN, new MalformedInputException("bundle", "no")))
        .matches(Unreadable::isMalformed);
    assertThat(new Unreadable(ORIGIN, new RegistryException(RegistryException.Kind.TIMEOUT, "no")))
        .matches(unreadable -> !unreadable.isMalformed());
  }
}
