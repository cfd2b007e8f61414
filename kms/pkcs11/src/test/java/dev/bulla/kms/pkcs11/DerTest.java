package dev.bulla.kms.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.KeyType;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and signatures between a token's spelling and everybody else's. */
class DerTest {

  private static final TokenFailures FAILURES = new TokenFailures("key");

  @ParameterizedTest
  @CsvSource({"32", "48", "66"})
  void signaturesOfEveryCurveGoThereAndBack(int coordinate) {
    Random random = new Random(coordinate);
    for (int i = 0; i < 500; i++) {
      byte[] both = new byte[2 * coordinate];
      random.nextBytes(both);
      // leading zeros are where it goes wrong
      Arrays.fill(both, 0, i % 4, (byte) 0);
      Arrays.fill(both, coordinate, coordinate + i % 3, (byte) 0);
      Bytes plain = Bytes.of(both);
      Bytes der = Der.ecdsa(plain);
      assertThat(Der.sideBySide(der, coordinate)).hasValue(plain);
      assertThat(Der.sideBySide(Bytes.concat(der, Bytes.of((byte) 0)), coordinate)).isEmpty();
      assertThat(Der.sideBySide(der.slice(0, der.size() - 1), coordinate)).isEmpty();
    }
  }

  @Test
  void noSignatureAtAllIsNone() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      if (bytes.length > 0 && i % 2 == 0) {
        bytes[0] = 0x30;
      }
      assertThat(Der.sideBySide(Bytes.of(bytes), 32)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, EC_P256, 06082a8648ce3d030107",
    "secp384r1, EC_P384, 06052b81040022",
    "secp521r1, EC_P521, 06052b81040023"
  })
  void pointsAreReadWrappedAndBare(String curve, KeyType type, String parameters) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
    int length = TokenPublicKey.coordinateBytes(type);
    Bytes point =
        Bytes.concat(
            Bytes.of((byte) 4),
            fixed(key.getW().getAffineX(), length),
            fixed(key.getW().getAffineY(), length));
    Bytes named = HexText.decode(parameters, "parameters");

    for (Bytes told : new Bytes[] {point, Der.element(Der.OCTET_STRING, point)}) {
      assertThat(TokenPublicKey.ec(named, told, FAILURES).spki())
          .isEqualTo(Bytes.of(key.getEncoded()));
    }
    for (Bytes told :
        new Bytes[] {
          Bytes.EMPTY,
          point.slice(0, 5),
          Bytes.concat(Der.element(Der.OCTET_STRING, point), Bytes.of((byte) 0))
        }) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> TokenPublicKey.ec(named, told, FAILURES));
    }
  }

  @Test
  void rsaKeysAreReadWhateverTheirLeadingZeros() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
    Bytes signed = Bytes.of(key.getModulus().toByteArray());
    Bytes bare = signed.slice(1, signed.size());
    Bytes exponent = Bytes.of(key.getPublicExponent().toByteArray());

    for (Bytes modulus : new Bytes[] {signed, bare}) {
      assertThat(TokenPublicKey.rsa(modulus, exponent, FAILURES).spki())
          .isEqualTo(Bytes.of(key.getEncoded()));
    }
    for (Bytes modulus : new Bytes[] {bare.slice(0, 128), Bytes.of(new byte[5000]), Bytes.EMPTY}) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> TokenPublicKey.rsa(modulus, exponent, FAILURES))
          .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.WRONG_KEY));
    }
  }

  private static Bytes fixed(BigInteger number, int length) {
    byte[] value = number.toByteArray();
    byte[] out = new byte[length];
    int from = Math.max(0, value.length - length);
    System.arraycopy(value, from, out, length - (value.length - from), value.length - from);
    return Bytes.of(out);
  }
}
