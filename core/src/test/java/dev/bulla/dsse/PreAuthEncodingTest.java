package dev.bulla.dsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.GoFields;
import dev.bulla.vectors.Vectors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PreAuthEncodingTest {

  @Test
  void encodesTheExamples() throws Exception {
    for (GoFields vector : Vectors.cases("derived/dsse-pae.json")) {
      String type = vector.requiredString("payloadType");
      Bytes payload = Base64Text.decode(vector.requiredString("payload_base64"), "payload");

      Bytes encoded = PreAuthEncoding.of(type, payload);

      assertThat(Base64Text.encode(encoded)).isEqualTo(vector.requiredString("pae_base64"));
      assertThat(Digest.sha256(encoded).hex()).isEqualTo(vector.requiredString("pae_sha256"));
      assertThat(new Envelope(type, payload, List.of()).signedBytes()).isEqualTo(encoded);
    }
  }

  @Test
  void encodesStatements() throws Exception {
    for (GoFields vector : Vectors.cases("derived/v3-sign-statements.json")) {
      Envelope envelope =
          new Envelope(
              Envelope.IN_TOTO, Bytes.utf8(vector.requiredString("statement_utf8")), List.of());

      assertThat(Digest.sha256(envelope.signedBytes()).hex())
          .isEqualTo(vector.requiredString("pae_sha256"));
    }
  }

  /**
   * A byte that moves from the type to the payload, or a type that imitates the encoding, must not
   * give the same bytes.
   */
  @Test
  void givesEveryPairItsOwnBytes() {
    List<String> pieces = List.of("", "0", "1", " ", "0 ", " 0 ", "1 a", "a", "DSSEv1 0  0 ", "é");
    Set<Bytes> seen = new HashSet<>();
    for (String type : pieces) {
      for (String payload : pieces) {
        assertThat(seen.add(PreAuthEncoding.of(type, Bytes.utf8(payload))))
            .as("%s, %s", type, payload)
            .isTrue();
      }
    }
  }
}
