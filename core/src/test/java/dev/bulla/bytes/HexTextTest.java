package dev.bulla.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HexTextTest {

  @Test
  void writesAndReadsLowerCase() throws Exception {
    Bytes bytes = Bytes.of((byte) 0x00, (byte) 0x7f, (byte) 0x80, (byte) 0xff);

    assertThat(HexText.encode(bytes)).isEqualTo("007f80ff");
    assertThat(HexText.decode("007f80ff", "hash")).isEqualTo(bytes);
    assertThat(HexText.decode("", "hash")).isEqualTo(Bytes.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "AB",
        "aB",
        "0x",
        " 0",
        "0\n",
        "g0",
        "\uff11\uff12",
        "\u0661\u0662",
        "a\u0131"
      })
  void refusesOtherSpellings(String text) {
    assertThatThrownBy(() -> HexText.decode(text, "hash"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessage("hash: not lower-case hexadecimal");
  }

  @Test
  void countsBytes() {
    assertThat(HexText.isLowerHex("ab", 1)).isTrue();
    assertThat(HexText.isLowerHex("ab", 2)).isFalse();
    assertThat(HexText.isLowerHex("abc", 1)).isFalse();
    assertThat(HexText.isLowerHex("", 0)).isTrue();
    // a product that overflows an int must not make any length right
    assertThat(HexText.isLowerHex("", Integer.MIN_VALUE)).isFalse();
  }
}
