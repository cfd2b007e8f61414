package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  private static final Pem BLOCK = new Pem("A THING", Bytes.utf8("some content, not too short"));

  @Test
  void printsLinesOf64Characters() throws Exception {
    Pem block = new Pem("X", Bytes.owning(new byte[49]));

    assertThat(block.print().toUtf8String("pem"))
        .isEqualTo("-----BEGIN X-----\n" + "A".repeat(64) + "\nAA==\n-----END X-----\n");
  }

  @Test
  void readsWhatItPrints() throws Exception {
    Random random = new Random(51);
    for (int size = 0; size < 200; size++) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      Pem block = new Pem("SOME TYPE", Bytes.of(content));
      assertThat(Pem.parseFirst(block.print(), "pem")).as("seed 51").isEqualTo(block);
    }
  }

  @Test
  void theFirstBlockWins() throws Exception {
    Bytes two = Bytes.concat(BLOCK.print(), new Pem("OTHER", Bytes.EMPTY).print());

    assertThat(Pem.parseFirst(two, "pem")).isEqualTo(BLOCK);
    assertThat(Pem.parseAll(two, "pem")).containsExactly(BLOCK, new Pem("OTHER", Bytes.EMPTY));
    assertThat(Pem.parseAll(Bytes.utf8("nothing here"), "pem")).isEmpty();
  }

  @Test
  void ignoresTextAroundCarriageReturnsBlanksAndHeaders() throws Exception {
    String text = BLOCK.print().toUtf8String("pem");
    String body = text.lines().skip(1).findFirst().orElseThrow();

    for (String variant :
        new String[] {
          "a comment\n-----BEGIN\n" + text + "more",
          text.replace("\n", "\r\n"),
          text.replace("\n", "  \t\n"),
          text.stripTrailing(),
          text.replace(body, "Some-Header: value\nOther: x\n\n" + body),
          text.replace(body, body.substring(0, 5) + "\n" + body.substring(5)),
        }) {
      assertThat(Pem.parseFirst(Bytes.utf8(variant), "pem")).as(variant).isEqualTo(BLOCK);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN A-----",
        "-----BEGIN A-----\nAAAA\n",
        "-----BEGIN A-----\nAAAA\n-----END B-----\n",
        "-----BEGIN A----\nAAAA\n-----END A-----\n",
        "-----BEGIN -----END\n",
        "-----BEGIN A-----\nAAA\n-----END A-----\n",
        "-----BEGIN A-----\nAAB=\n-----END A-----\n",
        "-----BEGIN A-----\nA*AA\n-----END A-----\n",
        "-----BEGIN A-----\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
        "x-----BEGIN A-----\nAAAA\n-----END A-----\n"
      })
  void refusesDamagedBlocks(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Pem.parseFirst(Bytes.utf8(text), "pem"));
  }

  @Test
  void randomDamageIsMalformedOrReads() {
    Random random = new Random(52);
    byte[] good = BLOCK.print().toByteArray();
    for (int i = 0; i < 5000; i++) {
      try {
        Pem.parseAll(Bytes.of(Mutations.mutate(good, random)), "pem");
      } catch (MalformedInputException expected) {
        assertThat(expected.what()).as("seed 52").startsWith("pem");
      }
    }
  }

  @Test
  void theTypeOfAHostileBlockIsNotShownRaw() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() ->
            VerificationKey.parsePem(
                Bytes.utf8("-----BEGIN \u001b[2J-----\n-----END \u001b[2J-----\n"), "key"))
        .withMessageNotContaining("\u001b");
  }
}
