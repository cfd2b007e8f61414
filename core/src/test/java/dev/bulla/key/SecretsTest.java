package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SecretsTest {

  @Test
  void showNothingOfThemselves() throws Exception {
    assertThat(SecretBytes.copyOf("hunter2".getBytes(StandardCharsets.UTF_8)))
        .hasToString("SecretBytes[7 bytes]");
    assertThat(Password.ofText("hunter2")).hasToString("Password[hidden]");
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom());
        Signer signer = key.toSigner()) {
      assertThat(key).hasToString("PrivateKey[ECDSA P-256]");
      assertThat(signer).hasToString("LocalSigner[ECDSA_P256_SHA256]");
      assertThat(new PrivateKeyDer.Decoded(key.pkcs8(), key.publicKey()).toString())
          .contains("SecretBytes[");
    }
  }

  @Test
  void areWipedWhenClosed() {
    byte[] raw = {1, 2, 3};
    SecretBytes secret = SecretBytes.owning(raw);

    secret.close();

    assertThat(raw).containsOnly(0);
    assertThatThrownBy(secret::revealedCopy).isInstanceOf(IllegalStateException.class);
    secret.close();
  }

  @Test
  void copiesLiveTheirOwnLives() {
    byte[] raw = {1, 2, 3};
    SecretBytes secret = SecretBytes.copyOf(raw);
    raw[0] = 9;
    assertThat(secret.revealedCopy()).containsExactly(1, 2, 3);

    Password first = Password.ofText("a");
    Password second = first.copy();
    first.close();
    assertThat(second.sameAs(Password.ofText("a"))).isTrue();
  }

  @Test
  void aPasswordIsItsUtf8Bytes() {
    assertThat(Password.ofChars(new char[] {'ü', '€'}).sameAs(Password.ofText("ü€"))).isTrue();
    assertThat(Password.ofText("ü").sameAs(Password.ofBytes(new byte[] {(byte) 0xc3, (byte) 0xbc})))
        .isTrue();
    assertThat(Password.empty().sameAs(Password.ofText(""))).isTrue();
    assertThat(Password.ofText("a").sameAs(Password.ofText("a\n"))).isFalse();
  }
}
