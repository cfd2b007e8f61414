package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.digest.HashAlgorithm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignatureAlgorithmTest {

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void everyKeyTypeHasANaturalAlgorithmThatFitsIt(KeyType type) {
    assertThat(SignatureAlgorithm.natural(type).fits(type)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ED25519"})
  void everyOtherKeyTypeGoesWithEveryHash(KeyType type) {
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      SignatureAlgorithm algorithm = SignatureAlgorithm.of(type, hash).orElseThrow();
      assertThat(algorithm.fits(type)).isTrue();
      assertThat(algorithm.hash()).isEqualTo(hash);
      assertThat(algorithm).isNotEqualTo(SignatureAlgorithm.RSA_PSS_SHA256);
    }
  }

  @Test
  void ed25519HasNoChoiceOfHash() {
    assertThat(SignatureAlgorithm.of(KeyType.ED25519, HashAlgorithm.SHA512)).isEmpty();
    assertThat(SignatureAlgorithm.natural(KeyType.ED25519)).isEqualTo(SignatureAlgorithm.ED25519);
  }
}
