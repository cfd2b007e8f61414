package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.error.KeyException;
import dev.bulla.json.GoFields;
import dev.bulla.key.SignatureCheck.Matched;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyTest {

  private static final Bytes MESSAGE = KeyVectors.MESSAGE;

  static List<GoFields> importVectors() throws Exception {
    return KeyVectors.index("import/index.json");
  }

  @ParameterizedTest
  @MethodSource("importVectors")
  void importsWhatCosignImports(GoFields vector) throws Exception {
    Bytes pem = KeyVectors.file("import/" + vector.requiredString("file"));

    if (vector.requiredString("expect").equals("ok")) {
      try (PrivateKey key = PrivateKey.importPem(pem)) {
        assertThat(key.publicKey().toPem()).isEqualTo(vector.requiredString("public_key_pem"));
        assertSigns(key.toSigner(), key.publicKey());
      }
    } else {
      assertThatExceptionOfType(KeyException.class).isThrownBy(() -> PrivateKey.importPem(pem));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import/invalidrsawithpubkey.pem | unsupported private key",
        "import/invalidkey.pem | invalid pem block",
        "generated/p256-N65536.pub | unsupported private key",
        "cosign-3.1.1.key | unsupported private key",
        "openssl/encrypted-pkcs8_fail.pem | unsupported private key",
        "openssl/ec-parameters-first_fail.pem | unsupported private key",
        "import/index.json | invalid pem block",
        "README.md | invalid pem block",
        "import/invalidrsasmallkey.pem | error validating rsa key: rsa key size 1024 is not"
            + " supported supported, modulus size must be 2048, 3072, or 4096",
        "import/invalidecp224.pem | error validating ecdsa key: ecdsa curve P-224 is not supported,"
            + " must be NIST P-256, P-384 or P-521",
        "openssl/secp256k1_fail.pem | error validating ecdsa key: ecdsa curve secp256k1 is not"
            + " supported, must be NIST P-256, P-384 or P-521",
        "openssl/x25519_fail.pem | error parsing pkcs #8 private key",
        "openssl/ed448_fail.pem | error parsing pkcs #8 private key"
      })
  void refusesInTheWordsOfCosign(String file, String message) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> PrivateKey.importPem(KeyVectors.file(file)))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openssl/encrypted-pkcs8_fail.pem",
        "openssl/encrypted-traditional_fail.pem",
        "openssl/ec-parameters-first_fail.pem",
        "generated/p256-N65536.pub",
        "cosign-3.1.1.key"
      })
  void saysWhatToDoWhereItCan(String file) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> PrivateKey.importPem(KeyVectors.file(file)))
        .satisfies(e -> assertThat(e.hint()).isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "openssl/p521-sec1.pem, openssl/p521.pub",
    "openssl/rsa3072.pem, openssl/rsa3072.pub",
    "openssl/rsa4096.pem, openssl/rsa4096.pub",
    "openssl/p256-without-public.pem, openssl/p256-without-public.pub",
    "openssl/p384-without-public.pem, openssl/p384-without-public.pub",
    "openssl/p521-without-public.pem, openssl/p521-without-public.pub"
  })
  void findsThePublicKey(String file, String publicFile) throws Exception {
    try (PrivateKey key = PrivateKey.importPem(KeyVectors.file(file))) {
      assertThat(key.publicKey()).isEqualTo(KeyVectors.publicKey(publicFile));
      assertSigns(key.toSigner(), key.publicKey());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openssl/p256-without-public.pem",
        "openssl/p384-without-public.pem",
        "openssl/p521-without-public.pem"
      })
  void findsThePublicKeyOfSmallAndLargeScalarsToo(String file) throws Exception {
    try (PrivateKey sample = PrivateKey.importPem(KeyVectors.file(file))) {
      EcCurve curve = EcCurve.of(sample.type());
      BigInteger order = curve.parameters().getOrder();
      BigInteger generatorY = curve.parameters().getGenerator().getAffineY();
      for (BigInteger scalar : List.of(BigInteger.ONE, order.subtract(BigInteger.ONE))) {
        byte[] sec1 =
            DerWriter.sequence(
                DerWriter.integer(1),
                DerWriter.octets(FixedLength.of(scalar, curve.coordinateBytes())),
                DerWriter.element(0xa0, DerWriter.oid(curve.oid())));
        VerificationKey key = PrivateKeyDer.parseSec1(sec1).publicKey();
        byte[] spki = key.spki().toByteArray();
        BigInteger y =
            new BigInteger(1, spki, spki.length - curve.coordinateBytes(), curve.coordinateBytes());
        // 1·G is the generator, and (n − 1)·G its mirror image
        assertThat(y.equals(generatorY)).isEqualTo(scalar.equals(BigInteger.ONE));
      }
      for (BigInteger scalar : List.of(BigInteger.ZERO, order, order.add(BigInteger.ONE))) {
        byte[] sec1 =
            DerWriter.sequence(
                DerWriter.integer(1),
                DerWriter.octets(FixedLength.of(scalar, curve.coordinateBytes())),
                DerWriter.element(0xa0, DerWriter.oid(curve.oid())));
        assertThatExceptionOfType(KeyException.class)
            .isThrownBy(
                () -> PrivateKey.importPem(new Pem("EC PRIVATE KEY", Bytes.of(sec1)).print()));
      }
    }
  }

  @Test
  void refusesAPublicHalfThatBelongsToAnotherKey() throws Exception {
    byte[] point =
        KeyVectors.publicKey("generated/p256-N65536.pub").spki().slice(26, 91).toByteArray();
    byte[] sec1 =
        DerWriter.sequence(
            DerWriter.integer(1),
            DerWriter.octets(FixedLength.of(BigInteger.valueOf(4711), 32)),
            DerWriter.element(0xa0, DerWriter.oid(EcCurve.P256.oid())),
            DerWriter.element(0xa1, DerWriter.bits(point)));

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> PrivateKey.importPem(new Pem("EC PRIVATE KEY", Bytes.of(sec1)).print()))
        .withMessage("error parsing ecdsa private key")
        .havingCause()
        .withMessageContaining("belongs to another one");
  }

  @Test
  void refusesRsaNumbersThatDoNotFitTogether() throws Exception {
    byte[] der =
        Pem.parseFirst(KeyVectors.file("import/validrsapkcs1.pem"), "key").content().toByteArray();
    DerReader numbers = DerReader.of(der, "key").enter(DerReader.SEQUENCE);
    BigInteger[] values = new BigInteger[9];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.unsigned();
    }
    for (int changed = 0; changed < values.length; changed++) {
      byte[][] parts = new byte[values.length][];
      for (int i = 0; i < values.length; i++) {
        parts[i] = DerWriter.integer(i == changed ? values[i].add(BigInteger.TWO) : values[i]);
      }
      Bytes pem = new Pem("RSA PRIVATE KEY", Bytes.of(DerWriter.sequence(parts))).print();
      assertThatExceptionOfType(KeyException.class)
          .as("number %d changed", changed)
          .isThrownBy(() -> PrivateKey.importPem(pem));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048", "ED25519"})
  void makesKeysThatSign(KeyType type) throws Exception {
    try (PrivateKey key = PrivateKey.generate(type, new SecureRandom())) {
      assertThat(key.type()).isEqualTo(type);
      for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
        if (algorithm.fits(type)) {
          try (Signer signer = key.toSigner(algorithm)) {
            assertSigns(signer, key.publicKey());
          }
        } else {
          assertThatThrownBy(() -> key.toSigner(algorithm))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
      assertThat(key.toSigner().algorithm()).isEqualTo(SignatureAlgorithm.natural(type));
      // what was made reads back as the same key, also when its public half is worked out anew
      try (PrivateKey again = PrivateKey.importPem(asPem(key))) {
        assertThat(again.publicKey()).isEqualTo(key.publicKey());
        assertThat(again.pkcs8().sameAs(key.pkcs8())).isTrue();
      }
    }
  }

  private static Bytes asPem(PrivateKey key) {
    return new Pem("PRIVATE KEY", Bytes.of(key.pkcs8().revealedCopy())).print();
  }

  private static void assertSigns(Signer signer, VerificationKey key) throws Exception {
    Bytes signature = signer.sign(MESSAGE);
    assertThat(key.check(MESSAGE, signature, signer.algorithm()))
        .isEqualTo(new Matched(signer.algorithm()));
    assertThat(signer.publicKey()).isEqualTo(key);
    assertThat(SignaturePlausibility.isPlausible(signature)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 8032 §7.1 test 2 and §7.3
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + " 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, ED25519,"
        + " 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
        + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42,"
        + " ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf, 616263, ED25519PH,"
        + " 98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a35"
        + "5a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
  })
  void signsTheExamplesOfRfc8032(
      String seed, String publicKey, String message, SignatureAlgorithm algorithm, String signature)
      throws Exception {
    byte[] pkcs8 =
        DerWriter.sequence(
            DerWriter.integer(0),
            DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_ED25519)),
            DerWriter.octets(DerWriter.octets(HexText.decode(seed, "seed").toByteArray())));
    try (PrivateKey key = PrivateKey.importPem(new Pem("PRIVATE KEY", Bytes.of(pkcs8)).print());
        Signer signer = key.toSigner(algorithm)) {
      assertThat(key.publicKey())
          .isEqualTo(VerificationKey.ofRawEd25519(HexText.decode(publicKey, "key")));
      assertThat(HexText.encode(signer.sign(HexText.decode(message, "message"))))
          .isEqualTo(signature);
    }
  }

  @Test
  void readsEd25519KeysWithTheirPublicHalfBesideThem() throws Exception {
    // RFC 8410 §10.3, second example: attributes and public key
    byte[] seed =
        HexText.decode("d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842", "seed")
            .toByteArray();
    byte[] point =
        HexText.decode("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1", "point")
            .toByteArray();
    byte[] right = pkcs8v2(seed, point);
    byte[] wrong =
        pkcs8v2(
            seed,
            HexText.decode(
                    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "point")
                .toByteArray());

    try (PrivateKey key = PrivateKey.importPem(new Pem("PRIVATE KEY", Bytes.of(right)).print())) {
      assertThat(key.publicKey()).isEqualTo(VerificationKey.ofRawEd25519(Bytes.of(point)));
    }
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> PrivateKey.importPem(new Pem("PRIVATE KEY", Bytes.of(wrong)).print()));
  }

  private static byte[] pkcs8v2(byte[] seed, byte[] point) {
    return DerWriter.sequence(
        DerWriter.integer(1),
        DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_ED25519)),
        DerWriter.octets(DerWriter.octets(seed)),
        DerWriter.element(0xa0, DerWriter.nothing()),
        DerWriter.element(0x81, new byte[1], point));
  }

  @Test
  void damagedKeysGiveKeyExceptionsAndNothingElse() {
    for (String file :
        List.of(
            "import/validecp256.pem",
            "import/validecpkcs8.pem",
            "import/validrsapkcs1.pem",
            "import/ed25519key.pem",
            "openssl/p384-without-public.pem")) {
      Random random = new Random(21);
      byte[] pem = KeyVectors.file(file).toByteArray();
      for (int i = 0; i < 80; i++) {
        readOrRefuse(Bytes.of(Mutations.mutate(pem, random)), file);
      }
      Pem block = pemOf(file);
      for (int i = 0; i < 80; i++) {
        byte[] der = Mutations.mutate(block.content().toByteArray(), random);
        readOrRefuse(new Pem(block.type(), Bytes.of(der)).print(), file);
      }
    }
  }

  private static Pem pemOf(String file) {
    try {
      return Pem.parseFirst(KeyVectors.file(file), file);
    } catch (dev.bulla.error.MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static void readOrRefuse(Bytes pem, String file) {
    try (PrivateKey key = PrivateKey.importPem(pem);
        Signer signer = key.toSigner()) {
      // whatever is still a key signs for the public half it was read with
      assertSigns(signer, key.publicKey());
    } catch (KeyException expected) {
      assertThat(expected.message()).isNotEmpty();
    } catch (Exception e) {
      throw new AssertionError(file + ", seed 21", e);
    }
  }

  @Test
  void aClosedSignerSignsNoMore() throws Exception {
    Signer signer;
    try (PrivateKey key = PrivateKey.generate(KeyType.EC_P256, new SecureRandom())) {
      signer = key.toSigner();
    }
    assertThat(signer.publicKey().check(MESSAGE, signer.sign(MESSAGE), Optional.empty()))
        .isInstanceOf(Matched.class);

    signer.close();

    assertThatThrownBy(() -> signer.sign(MESSAGE)).isInstanceOf(IllegalStateException.class);
  }
}
