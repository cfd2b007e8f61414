package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretBoxTest {

  // the example of the NaCl distribution, tests/secretbox.c
  private static final String KEY =
      "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
  private static final String NONCE = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
  private static final String TEXT =
      "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e"
          + "6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a02"
          + "4a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705";
  private static final String BOX =
      "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531"
          + "a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab9"
          + "32164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a4"
          + "3d14a6599b1f654cb45a74e355a5";

  @Test
  void agreesWithTheExampleOfNacl() throws Exception {
    assertThat(SecretBox.seal(hex(KEY), hex(NONCE), hex(TEXT))).isEqualTo(hex(BOX));
    assertThat(SecretBox.open(hex(KEY), hex(NONCE), hex(BOX))).hasValue(hex(TEXT));
  }

  @Test
  void opensWhatItSealedInEveryLengthAroundTheBlocks() {
    Random random = new Random(41);
    for (int size = 0; size < 200; size++) {
      byte[] key = bytes(random, 32);
      byte[] nonce = bytes(random, 24);
      byte[] text = bytes(random, size);

      byte[] box = SecretBox.seal(key, nonce, text);

      assertThat(box).hasSize(size + 16);
      assertThat(SecretBox.open(key, nonce, box)).as("%d bytes, seed 41", size).hasValue(text);
    }
  }

  @Test
  void everyFlippedBitOfBoxNonceAndKeyIsRefused() throws Exception {
    byte[] key = hex(KEY);
    byte[] nonce = hex(NONCE);
    byte[] box = hex(BOX);
    for (byte[] flipped : new byte[][] {key, nonce, box}) {
      for (int bit = 0; bit < 8 * flipped.length; bit++) {
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(SecretBox.open(key, nonce, box)).as("bit %d", bit).isEmpty();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      }
    }
    assertThat(SecretBox.open(key, nonce, box)).isPresent();
  }

  @Test
  void refusesBoxesThatAreCutOrExtended() throws Exception {
    byte[] box = hex(BOX);
    for (int size = 0; size < box.length; size++) {
      assertThat(SecretBox.open(hex(KEY), hex(NONCE), java.util.Arrays.copyOf(box, size)))
          .isEmpty();
    }
    assertThat(SecretBox.open(hex(KEY), hex(NONCE), java.util.Arrays.copyOf(box, box.length + 1)))
        .isEmpty();
  }

  private static byte[] bytes(Random random, int size) {
    byte[] out = new byte[size];
    random.nextBytes(out);
    return out;
  }

  private static byte[] hex(String text) throws Exception {
    Bytes decoded = HexText.decode(text, "vector");
    return decoded.toByteArray();
  }
}
