package dev.bulla.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our parser against Jackson's: the same documents accepted, the same refused, the same trees. */
class JacksonDifferentialTest {

  private static final int ROUNDS = 20_000;

  private static final List<String> DOCUMENTS =
      List.of(
          "{\"a\":[1,2.5e-3,-0,true,false,null,\"\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":{}}}",
          "[[],[[]],{\"\":\"\"},0,1E400,12345678901234567890]",
          "{\"critical\":{\"identity\":{\"docker-reference\":\"r\"}},\"optional\":null}",
          " \t\r\n\"é\u2028\\/\\b\\f\" ",
          "{\"schemaVersion\":2,\"layers\":[{\"size\":2,\"digest\":\"sha256:00\"}]}");

  /**
   * What mutations are made of: bytes that mean something to a JSON parser, and some that never
   * should.
   */
  private static final byte[] ALPHABET =
      "{}[]\",:\\ue0123456789.+-Etrfalsn \t\n/'\u0001\u007f".getBytes(StandardCharsets.UTF_8);

  @Test
  void agreesOnMutatedDocuments() {
    long seed = 20261121;
    Random random = new Random(seed);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] document =
          DOCUMENTS.get(random.nextInt(DOCUMENTS.size())).getBytes(StandardCharsets.UTF_8);
      Bytes input = Bytes.of(mutated(document, random));
      Optional<JsonValue> ours = ours(input);
      assertThat(ours).as("seed %s, round %s", seed, round).isEqualTo(jacksons(input));
      accepted += ours.isPresent() ? 1 : 0;
    }
    assertThat(accepted).as("documents that both accept").isBetween(ROUNDS / 20, ROUNDS);
  }

  private static byte[] mutated(byte[] document, Random random) {
    byte[] changed = document.clone();
    int changes = random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(changed.length);
      changed[at] =
          random.nextInt(4) == 0
              ? (byte) random.nextInt(256)
              : ALPHABET[random.nextInt(ALPHABET.length)];
    }
    return changed;
  }

  private static Optional<JsonValue> ours(Bytes input) {
    try {
      return Optional.of(TreeReader.read(input, "document", JsonLimits.DEFAULT));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonValue> jacksons(Bytes input) {
    try {
      return Optional.of(JacksonOracle.read(input, "document", JsonLimits.DEFAULT));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
