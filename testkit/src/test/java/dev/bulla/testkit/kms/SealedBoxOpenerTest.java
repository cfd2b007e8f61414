package dev.bulla.testkit.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.SealedBox;
import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The double's opener against a box of libsodium 1.0.18, and bulla's boxes against the opener. */
class SealedBoxOpenerTest {

  private static final String PUBLIC_KEY = "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw=";
  private static final String SEALED =
      "4Y/rQcKMz1THv8DBgmdRn6c3/97e7am4oSbin5lVbiNWzQwge77CmM9v4X8S" + "xA4iS8dYnH5wDCti+NTUYMk=";

  private static Bytes secret() {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return Bytes.owning(bytes);
  }

  @Test
  void opensWhatLibsodiumSealed() throws Exception {
    SealedBoxOpener opener = new SealedBoxOpener(secret());

    assertThat(Base64Text.encode(opener.publicKey())).isEqualTo(PUBLIC_KEY);
    assertThat(opener.open(Base64Text.decode(SEALED, "box")))
        .contains(Bytes.utf8("what is sealed"));
  }

  @Test
  void opensWhatBullaSealsAndNothingElse() throws Exception {
    Random random = new Random(20261121);
    SealedBoxOpener opener = new SealedBoxOpener();
    for (int length : new int[] {0, 1, 31, 32, 33, 64, 1000}) {
      byte[] text = new byte[length];
      random.nextBytes(text);
      Bytes box = SealedBox.seal(opener.publicKey(), text, new SecureRandom());
      assertThat(opener.open(box)).contains(Bytes.of(text));
      assertThat(new SealedBoxOpener().open(box)).isEmpty();
      byte[] changed = box.toByteArray();
      changed[random.nextInt(changed.length - 32) + 32] ^= 1;
      assertThat(opener.open(Bytes.owning(changed))).isEmpty();
      assertThat(SealedBox.seal(opener.publicKey(), text, new SecureRandom())).isNotEqualTo(box);
    }
  }

  @Test
  void nothingIsSealedForKeysThatAreNone() {
    for (int length : new int[] {0, 31, 33, 32}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(
              () -> SealedBox.seal(Bytes.owning(new byte[length]), new byte[1], new SecureRandom()))
          .withMessageStartingWith("X25519 public key: ");
    }
  }
}
