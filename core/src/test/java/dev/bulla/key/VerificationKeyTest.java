package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.der.DerReader;
import dev.bulla.der.DerWriter;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.key.SignatureCheck.Matched;
import dev.bulla.key.SignatureCheck.Mismatch;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationKeyTest {

  private static final Optional<HashAlgorithm> ANY = Optional.empty();

  @ParameterizedTest
  @CsvSource({
    "generated/p256-N65536.pub, EC_P256",
    "generated/p384-N65536.pub, EC_P384",
    "openssl/p521.pub, EC_P521",
    "generated/rsa2048-N32768.pub, RSA_2048",
    "openssl/rsa3072.pub, RSA_3072",
    "openssl/rsa4096.pub, RSA_4096",
    "generated/ed25519-N131072.pub, ED25519"
  })
  void readsEveryAcceptedTypeAndPrintsItAsItCame(String file, KeyType type) throws Exception {
    VerificationKey key = KeyVectors.publicKey(file);

    assertThat(key.type()).isEqualTo(type);
    assertThat(Bytes.utf8(key.toPem())).isEqualTo(KeyVectors.file(file));
    assertThat(VerificationKey.ofSpki(key.spki())).isEqualTo(key).hasSameHashCodeAs(key);
  }

  @Test
  void readsPkcs1PublicKeys() throws Exception {
    VerificationKey key = KeyVectors.publicKey("openssl/rsa-pkcs1.pub");

    assertThat(key)
        .isEqualTo(PrivateKey.importPem(KeyVectors.file("import/validrsapkcs1.pem")).publicKey());
  }

  @Test
  void namesItselfByTheHashOfItsEncoding() throws Exception {
    for (GoFields vector : KeyVectors.index("cosign-signatures.json")) {
      if (vector.has("hint")) {
        VerificationKey key =
            VerificationKey.parsePem(Bytes.utf8(vector.requiredString("public_key_pem")), "key");
        assertThat(key.hint()).isEqualTo(vector.requiredString("hint"));
        assertThat(key.fingerprint().size()).isEqualTo(32);
        assertThat(key).hasToString("VerificationKey[Ed25519, " + key.hint() + "]");
        return;
      }
    }
    throw new AssertionError("no vector with a hint");
  }

  static List<GoFields> cosignSignatures() throws MalformedInputException {
    return KeyVectors.index("cosign-signatures.json");
  }

  @ParameterizedTest
  @MethodSource("cosignSignatures")
  void acceptsWhatCosignSignedAndSaysByWhichAlgorithm(GoFields vector) throws Exception {
    VerificationKey key =
        VerificationKey.parsePem(Bytes.utf8(vector.requiredString("public_key_pem")), "key");
    Bytes message = vector.requiredBytes("message_b64");
    Bytes signature = vector.requiredBytes("signature");

    assertThat(key.check(message, signature, ANY))
        .isEqualTo(new Matched(SignatureAlgorithm.valueOf(vector.requiredString("algorithm"))));
    assertThat(key.check(Bytes.concat(message, Bytes.of((byte) 0)), signature, ANY))
        .isInstanceOf(Mismatch.class);
  }

  @ParameterizedTest
  @CsvSource({
    "openssl/p521.pub, openssl/p521-sha256.sig, SHA256, ECDSA_P521_SHA256, ECDSA_P521_SHA256",
    "openssl/p521.pub, openssl/p521-sha384.sig, SHA384, ECDSA_P521_SHA384, ",
    "openssl/p521.pub, openssl/p521-sha512.sig, SHA512, ECDSA_P521_SHA512, ECDSA_P521_SHA512",
    "openssl/rsa3072.pub, openssl/rsa3072-pkcs1-sha384.sig, SHA384, RSA_PKCS1_SHA384, ",
    "openssl/rsa3072.pub, openssl/rsa3072-pkcs1-sha512.sig, SHA512, RSA_PKCS1_SHA512, "
  })
  void aRequestedHashIsTheOnlyOne(
      String file,
      String signatureFile,
      HashAlgorithm hash,
      SignatureAlgorithm algorithm,
      SignatureAlgorithm withoutRequest)
      throws Exception {
    VerificationKey key = KeyVectors.publicKey(file);
    Bytes signature = KeyVectors.base64File(signatureFile);

    for (HashAlgorithm requested : HashAlgorithm.values()) {
      SignatureCheck check = key.check(KeyVectors.MESSAGE, signature, Optional.of(requested));
      if (requested == hash) {
        assertThat(check).isEqualTo(new Matched(algorithm));
      } else {
        assertThat(check).isInstanceOf(Mismatch.class);
      }
    }
    SignatureCheck unrequested = key.check(KeyVectors.MESSAGE, signature, ANY);
    if (withoutRequest == null) {
      assertThat(unrequested).isInstanceOf(Mismatch.class);
    } else {
      assertThat(unrequested).isEqualTo(new Matched(withoutRequest));
    }
  }

  @Test
  void checksPssOnlyWhenAskedForIt() throws Exception {
    VerificationKey key = KeyVectors.publicKey("openssl/rsa3072.pub");
    Bytes signature = KeyVectors.base64File("openssl/rsa3072-pss.sig");

    assertThat(key.check(KeyVectors.MESSAGE, signature, SignatureAlgorithm.RSA_PSS_SHA256))
        .isEqualTo(new Matched(SignatureAlgorithm.RSA_PSS_SHA256));
    assertThat(key.check(KeyVectors.MESSAGE, signature, ANY))
        .isEqualTo(new Mismatch("crypto/rsa: verification error"));
    assertThat(
            key.check(
                KeyVectors.MESSAGE,
                KeyVectors.base64File("openssl/rsa3072-pkcs1-sha512.sig"),
                SignatureAlgorithm.RSA_PSS_SHA256))
        .isInstanceOf(Mismatch.class);
  }

  @Test
  void anAlgorithmForAnotherTypeOfKeyNeverMatches() throws Exception {
    VerificationKey key = KeyVectors.publicKey("openssl/p521.pub");
    Bytes signature = KeyVectors.base64File("openssl/p521-sha512.sig");

    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      SignatureCheck check = key.check(KeyVectors.MESSAGE, signature, algorithm);
      if (algorithm == SignatureAlgorithm.ECDSA_P521_SHA512) {
        assertThat(check).isInstanceOf(Matched.class);
      } else {
        assertThat(check).isInstanceOf(Mismatch.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 8032 §7.1, tests 1 and 2
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
        + " e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
        + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b, ED25519",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
        + " 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
        + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00, ED25519",
    // RFC 8032 §7.3
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf, 616263,"
        + " 98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a35"
        + "5a2003d062adf5aaa10b8c61e636062aaad11c2a26083406, ED25519PH"
  })
  void passesTheExamplesOfRfc8032(
      String publicKey, String message, String signature, SignatureAlgorithm algorithm)
      throws Exception {
    VerificationKey key = VerificationKey.ofRawEd25519(HexText.decode(publicKey, "key"));

    assertThat(key.check(HexText.decode(message, "message"), HexText.decode(signature, "sig"), ANY))
        .isEqualTo(new Matched(algorithm));
  }

  @Test
  void takesEcdsaSignaturesAsTwoNumbersSideBySide() throws Exception {
    VerificationKey key = KeyVectors.publicKey("openssl/p521.pub");
    Bytes der = KeyVectors.base64File("openssl/p521-sha512.sig");
    byte[] plain = EcdsaSignature.parseDer(der.toByteArray()).orElseThrow().toP1363(66);

    assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(plain), ANY))
        .isEqualTo(new Matched(SignatureAlgorithm.ECDSA_P521_SHA512));

    plain[40] ^= 1;
    assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(plain), ANY))
        .isEqualTo(new Mismatch("invalid signature when validating IEEE_P1363 encoded signature"));
    assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(plain, 0, 131), ANY))
        .isEqualTo(new Mismatch("ecdsa: Invalid IEEE_P1363 encoded bytes"));
    // the right numbers in the length of another curve
    VerificationKey p256 = KeyVectors.publicKey("generated/p256-N65536.pub");
    assertThat(p256.check(KeyVectors.MESSAGE, Bytes.of(plain), ANY))
        .isEqualTo(new Mismatch("ecdsa: Invalid IEEE_P1363 encoded bytes"));
  }

  @Test
  void refusesEcdsaSignaturesInAnyOtherEncoding() throws Exception {
    VerificationKey key = KeyVectors.publicKey("generated/p256-N65536.pub");
    Bytes good = signatureOf("p256-N65536.pem", "ecdsa_der_sha256");
    assertThat(key.check(KeyVectors.MESSAGE, good, ANY)).isInstanceOf(Matched.class);
    EcdsaSignature numbers = EcdsaSignature.parseDer(good.toByteArray()).orElseThrow();
    BigInteger order = EcCurve.P256.parameters().getOrder();

    byte[] r = DerWriter.integer(numbers.r());
    byte[] s = DerWriter.integer(numbers.s());
    byte[] padded = DerWriter.element(DerReader.INTEGER, new byte[1], numbers.r().toByteArray());
    byte[] body = DerWriter.sequence(r, s);
    byte[] longForm = new byte[body.length + 1];
    longForm[0] = 0x30;
    longForm[1] = (byte) 0x81;
    System.arraycopy(body, 1, longForm, 2, body.length - 1);
    byte[] indefinite = new byte[body.length + 2];
    System.arraycopy(body, 0, indefinite, 0, body.length);
    indefinite[1] = (byte) 0x80;

    List<byte[]> refused =
        List.of(
            new byte[0],
            DerWriter.sequence(),
            DerWriter.sequence(r),
            DerWriter.sequence(r, s, DerWriter.nothing()),
            DerWriter.sequence(padded, s),
            longForm,
            indefinite,
            Bytes.concat(good, Bytes.of((byte) 0)).toByteArray(),
            DerWriter.sequence(DerWriter.integer(BigInteger.ZERO), s),
            DerWriter.sequence(r, DerWriter.integer(BigInteger.ZERO)),
            DerWriter.sequence(DerWriter.integer(numbers.r().add(order)), s),
            DerWriter.sequence(r, DerWriter.integer(numbers.s().add(order))),
            DerWriter.sequence(DerWriter.integer(numbers.r().negate()), s),
            DerWriter.sequence(DerWriter.integer(BigInteger.ONE.shiftLeft(4000)), s));
    for (byte[] signature : refused) {
      assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(signature), ANY))
          .as(HexText.encode(Bytes.of(signature)))
          .isInstanceOf(Mismatch.class);
    }
  }

  @Test
  void saysWhyInTheWordsOfCosign() throws Exception {
    Bytes other = Bytes.utf8("another message");

    assertThat(
            KeyVectors.publicKey("generated/p256-N65536.pub")
                .check(other, signatureOf("p256-N65536.pem", "ecdsa_der_sha256"), ANY))
        .isEqualTo(new Mismatch("invalid signature when validating ASN.1 encoded signature"));
    assertThat(
            KeyVectors.publicKey("generated/rsa2048-N32768.pub")
                .check(other, signatureOf("rsa2048-N32768.pem", "pkcs1v15_sha256"), ANY))
        .isEqualTo(new Mismatch("crypto/rsa: verification error"));
    assertThat(
            KeyVectors.publicKey("generated/ed25519-N131072.pub")
                .check(other, signatureOf("ed25519-N131072.pem", "ed25519_pure"), ANY))
        .isEqualTo(new Mismatch("failed to verify signature"));
  }

  private static Bytes signatureOf(String file, String name) throws Exception {
    for (GoFields vector : KeyVectors.index("generated/index.json")) {
      if (vector.requiredString("file").equals(file)) {
        return vector.requiredFields("signatures").requiredBytes(name);
      }
    }
    throw new AssertionError("no vector " + file);
  }

  @Test
  void everyFlippedBitOfASignatureIsRefused() throws Exception {
    Random random = new Random(11);
    for (String name : List.of("p256-N65536", "p384-N65536", "rsa2048-N32768", "ed25519-N131072")) {
      VerificationKey key = KeyVectors.publicKey("generated/" + name + ".pub");
      for (GoFields vector : KeyVectors.index("generated/index.json")) {
        if (!vector.requiredString("file").equals(name + ".pem")) {
          continue;
        }
        byte[] good =
            Base64Text.decode(
                    vector.stringMap("signatures").values().iterator().next(), "signature")
                .toByteArray();
        for (int i = 0; i < 25; i++) {
          byte[] bad = good.clone();
          int bit = random.nextInt(8 * bad.length);
          bad[bit / 8] ^= (byte) (1 << (bit % 8));
          assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(bad), ANY))
              .as("%s with bit %d flipped, seed 11", name, bit)
              .isInstanceOf(Mismatch.class);
        }
      }
    }
  }

  @Test
  void garbageIsAMismatchAndNothingElse() throws Exception {
    Random random = new Random(12);
    for (String file : KeyVectors.names("generated", ".pub")) {
      VerificationKey key = KeyVectors.publicKey(file);
      for (int size : new int[] {0, 1, 2, 63, 64, 65, 72, 96, 132, 255, 256, 257, 384, 512, 4000}) {
        byte[] garbage = new byte[size];
        random.nextBytes(garbage);
        assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(garbage), ANY))
            .as("%s, %d bytes, seed 12", file, size)
            .isInstanceOf(Mismatch.class);
        assertThat(key.check(KeyVectors.MESSAGE, Bytes.of(new byte[size]), ANY))
            .isInstanceOf(Mismatch.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p224_fail.pub | ecdsa curve P-224 is not supported, must be NIST P-256, P-384 or P-521",
        "secp256k1_fail.pub | ecdsa curve secp256k1 is not supported, must be NIST P-256, P-384 or"
            + " P-521",
        "rsa1024_fail.pub | rsa key size 1024 is not supported supported, modulus size must be"
            + " 2048, 3072, or 4096",
        "explicit-curve_fail.pub | the curve is not given by its name",
        "compressed-point_fail.pub | not an uncompressed point of its curve",
        "ed448_fail.pub | unsupported public key algorithm 1.3.101.113",
        "rsassa-pss_fail.pub | unsupported public key algorithm 1.2.840.113549.1.1.10"
      })
  void refusesKeysThatAreNotOnTheList(String file, String problem) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerificationKey.parsePem(KeyVectors.file("openssl/" + file), "key"))
        .withMessage("key: " + problem);
  }

  @Test
  void saysWhatIsWrongWithThePemInTheWordsOfCosign() {
    assertThatThrownBy(() -> VerificationKey.parsePem(Bytes.utf8("hello"), "pem to public key"))
        .hasMessage("pem to public key: PEM decoding failed");
    assertThatThrownBy(() ->
            VerificationKey.parsePem(KeyVectors.file("cosign-3.1.1.key"), "pem to public key"))
        .hasMessage(
            "pem to public key: unknown Public key PEM file type: ENCRYPTED SIGSTORE PRIVATE KEY."
                + " Are you passing the correct public key?");
  }

  @Test
  void refusesPointsThatAreNotOnTheirCurve() throws Exception {
    for (String file :
        List.of("generated/p256-N65536.pub", "generated/p384-N65536.pub", "openssl/p521.pub")) {
      byte[] spki = KeyVectors.publicKey(file).spki().toByteArray();
      spki[spki.length - 1] ^= 1;
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> VerificationKey.ofSpki(Bytes.of(spki)));
    }
    // the point (0, 0), which the JDK reads without complaint
    byte[] zero = new byte[65];
    zero[0] = 4;
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerificationKey.ofSpki(Bytes.of(PublicKeyDer.ecSpki(EcCurve.P256, zero))))
        .withMessageContaining("not on its curve");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // y = 0, 1, −1, and the two of order 8 with either sign
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        // not canonical: p, p + 1, and x = 0 with a sign
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        // y = 2 is on no point
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void refusesEd25519PointsUnderWhichAnythingOrNothingVerifies(String encoded) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerificationKey.ofRawEd25519(HexText.decode(encoded, "key")));
  }

  @Test
  void refusesRsaKeysWithUnusableNumbers() throws Exception {
    BigInteger good = new BigInteger(2048, new SecureRandom()).setBit(2047).setBit(0);
    BigInteger f4 = BigInteger.valueOf(65537);

    assertThat(VerificationKey.ofSpki(rsa(good, f4)).type()).isEqualTo(KeyType.RSA_2048);
    assertThat(VerificationKey.ofSpki(rsa(good, BigInteger.valueOf(3))).type())
        .isEqualTo(KeyType.RSA_2048);
    for (BigInteger exponent :
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.TWO,
            BigInteger.valueOf(65536),
            BigInteger.ONE.shiftLeft(31).add(BigInteger.ONE),
            good)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> VerificationKey.ofSpki(rsa(good, exponent)));
    }
    for (BigInteger modulus :
        List.of(
            good.clearBit(0),
            good.clearBit(2047),
            good.setBit(2048),
            BigInteger.ZERO,
            BigInteger.ONE)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> VerificationKey.ofSpki(rsa(modulus, f4)));
    }
  }

  private static Bytes rsa(BigInteger modulus, BigInteger exponent) {
    return Bytes.of(PublicKeyDer.rsaSpki(modulus, exponent));
  }

  @Test
  void damagedKeysAreMalformedOrReadExactly() throws Exception {
    for (String file :
        List.of(
            "generated/p256-N65536.pub",
            "openssl/p521.pub",
            "generated/rsa2048-N32768.pub",
            "generated/ed25519-N131072.pub")) {
      byte[] spki = KeyVectors.publicKey(file).spki().toByteArray();
      Random random = new Random(13);
      int refused = 0;
      for (int i = 0; i < 500; i++) {
        Bytes damaged = Bytes.of(Mutations.mutate(spki, random));
        try {
          VerificationKey key = VerificationKey.ofSpki(damaged);
          // a changed number can make another key; what was read is what is printed and hashed
          assertThat(key.spki()).isEqualTo(damaged);
          key.check(KeyVectors.MESSAGE, Bytes.of(new byte[64]), ANY);
        } catch (MalformedInputException expected) {
          refused++;
        }
      }
      assertThat(refused).as("%s, seed 13", file).isPositive();
    }
  }

  @Test
  void refusesTrailingBytesEverywhere() throws Exception {
    Bytes spki = KeyVectors.publicKey("generated/p256-N65536.pub").spki();
    byte[] point = spki.slice(spki.size() - 65, spki.size()).toByteArray();
    byte[] algorithm =
        DerWriter.sequence(DerWriter.oid(PublicKeyDer.OID_EC), DerWriter.oid(EcCurve.P256.oid()));
    byte[] key = DerWriter.bits(point);
    assertThat(Bytes.of(DerWriter.sequence(algorithm, key))).isEqualTo(spki);

    byte[] extra = DerWriter.nothing();
    for (byte[] bad :
        List.of(
            DerWriter.sequence(algorithm, key, extra),
            DerWriter.sequence(
                DerWriter.sequence(
                    DerWriter.oid(PublicKeyDer.OID_EC), DerWriter.oid(EcCurve.P256.oid()), extra),
                key),
            DerWriter.element(DerReader.SEQUENCE, DerWriter.sequence(algorithm, key)),
            Bytes.concat(spki, Bytes.of(extra)).toByteArray())) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> VerificationKey.ofSpki(Bytes.of(bad)));
    }
  }

  @Test
  void oneKeyServesManyThreads() throws Exception {
    VerificationKey key = KeyVectors.publicKey("generated/p256-N65536.pub");
    Bytes signature = signatureOf("p256-N65536.pem", "ecdsa_der_sha256");

    List<SignatureCheck> checks =
        java.util.stream.IntStream.range(0, 60)
            .parallel()
            .mapToObj(i -> key.check(KeyVectors.MESSAGE, signature, ANY))
            .distinct()
            .toList();

    assertThat(checks).containsExactly(new Matched(SignatureAlgorithm.ECDSA_P256_SHA256));
  }
}
