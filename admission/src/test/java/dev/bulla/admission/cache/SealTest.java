package dev.bulla.admission.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.cache.Remembered.Verified;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SealTest {

  private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final Verified ENTRY = new Verified(Digest.sha256(Bytes.utf8("one")), NOW);

  private final Seal seal = new Seal(Bytes.utf8("0123456789abcdef"));

  @Test
  void whatWasSealedIsOpenedUntilItsEnd() {
    Bytes sealed = seal.seal("name", ENTRY, NOW.plus(LIFE));
    assertThat(seal.open("name", sealed, NOW, LIFE)).contains(ENTRY);
    assertThat(seal.open("name", sealed, NOW.plus(LIFE), LIFE)).isEmpty();
    assertThat(seal.open("name", sealed, NOW.minusSeconds(1), LIFE)).isEmpty();
    assertThat(seal.open("other", sealed, NOW, LIFE)).isEmpty();
    assertThat(new Seal(Bytes.utf8("fedcba9876543210")).open("name", sealed, NOW, LIFE)).isEmpty();
  }

  @Test
  void everyChangedByteBreaksTheSeal() {
    byte[] sealed = seal.seal("name", ENTRY, NOW.plus(LIFE)).toByteArray();
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(seal.open("name", Bytes.of(changed), NOW, LIFE)).as("byte " + i).isEmpty();
      assertThat(seal.open("name", Bytes.of(sealed, 0, i), NOW, LIFE)).as("cut at " + i).isEmpty();
    }
  }

  @Test
  void aKeyThatCouldBeGuessedIsNone() {
    assertThatThrownBy(() -> new Seal(Bytes.utf8("short")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
