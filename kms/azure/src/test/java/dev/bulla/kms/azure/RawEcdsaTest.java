package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two spellings of one signature. */
class RawEcdsaTest {

  /** The JDK knows both. */
  @ParameterizedTest
  @CsvSource({"secp256r1, 32", "secp384r1, 48", "secp521r1, 66"})
  void theJdkReadsWhatWasTranslated(String curve, int length) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair keys = generator.generateKeyPair();
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    Bytes der = Bytes.of(signer.sign());

    Bytes raw = RawEcdsa.fromDer(der, length).orElseThrow();

    Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
    verifier.initVerify(keys.getPublic());
    assertThat(verifier.verify(raw.toByteArray())).isTrue();
    assertThat(RawEcdsa.toDer(raw)).isEqualTo(der);
  }

  @Test
  void everyPairOfNumbersComesBack() {
    Random random = new Random(4);
    for (int i = 0; i < 3000; i++) {
      byte[] raw = new byte[2 * new int[] {32, 48, 66}[random.nextInt(3)]];
      random.nextBytes(raw);
      // leading zeros of either number
      java.util.Arrays.fill(raw, 0, random.nextInt(3), (byte) 0);
      java.util.Arrays.fill(raw, raw.length / 2, raw.length / 2 + random.nextInt(3), (byte) 0);
      assertThat(RawEcdsa.fromDer(RawEcdsa.toDer(Bytes.of(raw)), raw.length / 2))
          .contains(Bytes.of(raw));
    }
  }

  @Test
  void whatIsNoSignatureIsNone() {
    Random random = new Random(5);
    Bytes good = RawEcdsa.toDer(Bytes.of(new byte[64]));
    assertThat(RawEcdsa.fromDer(Bytes.EMPTY, 32)).isEmpty();
    assertThat(RawEcdsa.fromDer(Bytes.concat(good, Bytes.of((byte) 0)), 32)).isEmpty();
    for (int i = 0; i < 20_000; i++) {
      byte[] all = good.toByteArray();
      if (random.nextBoolean()) {
        all = java.util.Arrays.copyOf(all, random.nextInt(all.length));
      }
      for (int n = random.nextInt(4); n >= 0 && all.length > 0; n--) {
        all[random.nextInt(all.length)] = (byte) random.nextInt();
      }
      Bytes changed = Bytes.of(all);
      RawEcdsa.fromDer(changed, 32)
          .ifPresent(raw -> assertThat(RawEcdsa.toDer(raw)).isEqualTo(changed));
    }
  }
}
