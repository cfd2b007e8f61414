package dev.bulla.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Base64TextTest {

  private static final long SEED = 20261121;

  /** RFC 4648 §10. */
  @ParameterizedTest
  @CsvSource({
    "'',''",
    "f,Zg==",
    "fo,Zm8=",
    "foo,Zm9v",
    "foob,Zm9vYg==",
    "fooba,Zm9vYmE=",
    "foobar,Zm9vYmFy"
  })
  void writesAndReadsTheExamplesOfTheStandard(String plain, String encoded) throws Exception {
    assertThat(Base64Text.encode(Bytes.utf8(plain))).isEqualTo(encoded);
    assertThat(Base64Text.decode(encoded, "text")).isEqualTo(Bytes.utf8(plain));
    assertThat(Base64Text.decodeAnyVariant(encoded, "text")).isEqualTo(Bytes.utf8(plain));
    assertThat(Base64Text.decodeAnyVariant(encoded.replace("=", ""), "text"))
        .isEqualTo(Bytes.utf8(plain));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Zg", // padding is missing
        "Zg=",
        "Zg===", // too much of it
        "=",
        "Z",
        "Zh==", // stray bits
        "Zm9=",
        "Zm9v Zm9v",
        "Zm9v\n",
        "\tZm9v",
        "Zg==Zg==", // data after the padding
        "Zm=v",
        "_-8=", // the other alphabet
        "Zm9\u00e9",
        "Zm9\ud800",
        "Zm9\uff56",
        "Zm9v\u0000"
      })
  void refusesAnythingButTheOneSpelling(String text) {
    assertThatThrownBy(() -> Base64Text.decode(text, "signature"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("signature: not ");
  }

  @Test
  void ignoresLineBreaksWhereGoDoesAndNothingElse() throws Exception {
    assertThat(Base64Text.decodeIgnoringNewlines("\r\nZm9v\nYm\r\nFy\n", "text"))
        .isEqualTo(Bytes.utf8("foobar"));
    assertThat(Base64Text.decodeAnyVariantIgnoringNewlines("_-\n8\r", "text"))
        .isEqualTo(Bytes.of((byte) 0xff, (byte) 0xef));
    assertThatThrownBy(() -> Base64Text.decodeIgnoringNewlines("Zm9v\n Ym", "text"))
        .isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> Base64Text.decodeIgnoringNewlines("Zh=\n=", "text"))
        .isInstanceOf(MalformedInputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"_+8=", "-/8", "_-9", "/+9", "A", "Zg=", "Zg===", "Z g", "Zg\n", "Zg==\n", "Z=g"})
  void refusesMixedAndLooseSpellingsInAnyVariant(String text) {
    assertThatThrownBy(() -> Base64Text.decodeAnyVariant(text, "text"))
        .isInstanceOf(MalformedInputException.class);
  }

  @Test
  void readsWhatItWritesInEveryVariant() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 2000; i++) {
      byte[] raw = new byte[random.nextInt(40)];
      random.nextBytes(raw);
      Bytes bytes = Bytes.of(raw);
      String standard = Base64Text.encode(bytes);
      String urlSafe = Base64Text.encodeUrlSafe(bytes);

      assertThat(Base64Text.decode(standard, "text")).as("seed %d, %d", SEED, i).isEqualTo(bytes);
      for (String spelling :
          new String[] {standard, urlSafe, standard.replace("=", ""), urlSafe.replace("=", "")}) {
        assertThat(Base64Text.decodeAnyVariant(spelling, "text"))
            .as("seed %d, %d, %s", SEED, i, spelling)
            .isEqualTo(bytes);
      }
      assertThat(Base64Text.decodeIgnoringNewlines(Base64Text.encodeLines(bytes), "text"))
          .as("seed %d, %d", SEED, i)
          .isEqualTo(bytes);
    }
  }

  /** Whatever is accepted is what would have been written: one value, one spelling. */
  @Test
  void acceptsNoSecondSpelling() {
    Random random = new Random(SEED);
    String characters = "AQgw/+-_=Zz\n ";
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(9); n > 0; n--) {
        text.append(characters.charAt(random.nextInt(characters.length())));
      }
      try {
        Bytes decoded = Base64Text.decode(text.toString(), "text");
        assertThat(Base64Text.encode(decoded))
            .as("seed %d, %d", SEED, i)
            .isEqualTo(text.toString());
        accepted++;
      } catch (MalformedInputException e) {
        assertThat(e.what()).isEqualTo("text");
      }
    }
    assertThat(accepted).isPositive();
  }

  @Test
  void breaksLinesAfter64Characters() {
    String lines = Base64Text.encodeLines(Bytes.of(new byte[100]));

    assertThat(lines.lines().map(String::length)).containsExactly(64, 64, 8);
    assertThat(lines).endsWith("\n");
    assertThat(Base64Text.encodeLines(Bytes.of(new byte[48]))).isEqualTo("A".repeat(64) + "\n");
    assertThat(Base64Text.encodeLines(Bytes.EMPTY)).isEmpty();
  }
}
