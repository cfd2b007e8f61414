package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturePlausibilityTest {

  @ParameterizedTest
  @ValueSource(ints = {64, 256, 384, 512})
  void takesTheLengthsOfEd25519AndRsa(int size) {
    assertThat(SignaturePlausibility.isPlausible(Bytes.owning(new byte[size]))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32, 63, 65, 70, 128, 255, 257, 513})
  void refusesOtherLengths(int size) {
    assertThat(SignaturePlausibility.isPlausible(Bytes.owning(new byte[size]))).isFalse();
  }

  @Test
  void takesEcdsaOfAnyCurve() throws Exception {
    for (String file : KeyVectors.names("openssl", ".sig")) {
      assertThat(SignaturePlausibility.isPlausible(KeyVectors.base64File(file))).isTrue();
    }
    assertThat(plausible("3006020101020102")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3003020101",
        "300902010102010202010300",
        "30060201010201",
        "3006020101040102",
        "300602010102010200",
        "68656c6c6f"
      })
  void refusesOtherStructures(String hex) throws Exception {
    assertThat(plausible(hex)).isFalse();
  }

  private static boolean plausible(String hex) throws Exception {
    return SignaturePlausibility.isPlausible(HexText.decode(hex, "hex"));
  }
}
