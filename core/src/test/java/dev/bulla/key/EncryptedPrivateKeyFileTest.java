package dev.bulla.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.key.SignatureCheck.Matched;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every derivation costs about a quarter of a second, so the tests that need one are few. */
class EncryptedPrivateKeyFileTest {

  static List<GoFields> generated() throws MalformedInputException {
    return KeyVectors.index("generated/index.json");
  }

  @ParameterizedTest
  @MethodSource("generated")
  void opensKeyFilesAndTheirSignaturesMatch(GoFields vector) throws Exception {
    Bytes pem = KeyVectors.file("generated/" + vector.requiredString("file"));
    Password password = Password.ofText(vector.requiredString("password"));
    if (!vector.requiredString("expect").equals("ok")) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> EncryptedPrivateKeyFile.open(pem, password));
      return;
    }
    Bytes message = Bytes.utf8(vector.requiredString("message_utf8"));
    GoFields signatures = vector.requiredFields("signatures");

    try (PrivateKey key = EncryptedPrivateKeyFile.open(pem, password);
        Signer signer = key.toSigner()) {
      VerificationKey published =
          KeyVectors.publicKey("generated/" + vector.requiredString("public"));
      assertThat(key.publicKey()).isEqualTo(published);
      for (String name : vector.stringMap("signatures").keySet()) {
        assertThat(published.check(message, signatures.requiredBytes(name), Optional.empty()))
            .isEqualTo(new Matched(algorithm(name, published.type())));
      }
      assertThat(published.check(message, signer.sign(message), Optional.empty()))
          .isEqualTo(new Matched(signer.algorithm()));
    }
  }

  private static SignatureAlgorithm algorithm(String name, KeyType type) {
    return switch (name) {
      case "ecdsa_der_sha256" ->
          SignatureAlgorithm.of(type, dev.bulla.digest.HashAlgorithm.SHA256).orElseThrow();
      case "ecdsa_der_sha384" ->
          SignatureAlgorithm.of(type, dev.bulla.digest.HashAlgorithm.SHA384).orElseThrow();
      case "pkcs1v15_sha256" -> SignatureAlgorithm.RSA_PKCS1_SHA256;
      case "ed25519_pure" -> SignatureAlgorithm.ED25519;
      default -> throw new AssertionError("unknown kind of signature " + name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "cosign-3.1.1, key, pw",
    "upstream-encrypted/cosign-header-legacy-N32768, pem, hello",
    "upstream-encrypted/sigstore-header-legacy-N32768, pem, hello",
    "upstream-encrypted/policy-controller-example, pem, ''"
  })
  void opensWhatCosignWroteAndEncodesItTheSameWay(String name, String suffix, String password)
      throws Exception {
    KeyEnvelope envelope =
        KeyEnvelope.parse(Pem.parseFirst(KeyVectors.file(name + "." + suffix), name).content());
    try (SecretBytes opened = envelope.open(Password.ofText(password));
        PrivateKey key = PrivateKey.ofSealedPkcs8(opened.open())) {
      assertThat(key.publicKey()).isEqualTo(KeyVectors.publicKey(name + ".pub"));
      assertThat(key.pkcs8().sameAs(opened)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cosign-3.1.1.key",
        "upstream-encrypted/sigstore-header-legacy-N32768.pem",
        "generated/p256-N65536.pem",
        "generated/ed25519-N131072.pem"
      })
  void writesTheEnvelopeByteForByteAsItCame(String file) throws Exception {
    Pem block = Pem.parseFirst(KeyVectors.file(file), file);

    assertThat(KeyEnvelope.parse(block.content()).toJson()).isEqualTo(block.content());
  }

  @Test
  void refusesASealedKeyThatIsNotPkcs8() {
    Bytes pem = KeyVectors.file("upstream-encrypted/cosign-header-inner-sec1_fail.pem");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.open(pem, Password.ofText("hello")))
        .withMessageStartingWith("parsing private key: ");
  }

  static List<GoFields> envelopes() throws MalformedInputException {
    return KeyVectors.index("securebox-envelopes.json");
  }

  @ParameterizedTest
  @MethodSource("envelopes")
  void opensTheEnvelopesOfGoSecuresystemslib(GoFields vector) throws Exception {
    Bytes json = Bytes.utf8(vector.requiredString("envelope"));
    if (vector.requiredString("expect").equals("ok")) {
      try (SecretBytes opened =
          KeyEnvelope.parse(json).open(Password.ofText(vector.requiredString("passphrase")))) {
        assertThat(Bytes.of(opened.revealedCopy()))
            .isEqualTo(Bytes.utf8(vector.requiredString("plaintext_utf8")));
      }
    } else {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> KeyEnvelope.parse(json))
          .withMessage("unsupported scrypt parameters");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl/p521-sec1.pem", "openssl/rsa4096.pem", "import/ed25519key.pem"})
  void whatWasSealedOpensAsTheSameKey(String file) throws Exception {
    SecureRandom random = new SecureRandom();
    try (PrivateKey key = PrivateKey.importPem(KeyVectors.file(file));
        Password password = Password.ofText("geheim ünïcode \n")) {
      Bytes sealed = EncryptedPrivateKeyFile.seal(key, password, random);

      assertThat(sealed.toUtf8String("file"))
          .startsWith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n")
          .endsWith("\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n");
      try (PrivateKey opened = EncryptedPrivateKeyFile.open(sealed, password)) {
        assertThat(opened.publicKey()).isEqualTo(key.publicKey());
        assertThat(opened.pkcs8().sameAs(key.pkcs8())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import/validecp256.pem",
        "import/validecp384.pem",
        "openssl/p521-sec1.pem",
        "import/validrsapkcs1.pem",
        "openssl/rsa3072.pem",
        "openssl/rsa4096.pem",
        "import/ed25519key.pem"
      })
  void whatIsSealedReadsBackAsTheSameKey(String file) throws Exception {
    try (PrivateKey key = PrivateKey.importPem(KeyVectors.file(file));
        PrivateKey again = PrivateKey.ofSealedPkcs8(key.pkcs8().open())) {
      assertThat(again.publicKey()).isEqualTo(key.publicKey());
      assertThat(again.pkcs8().sameAs(key.pkcs8())).isTrue();
    }
  }

  @Test
  void aWrongPasswordKeepsCosignsWordsAndComesWithAHint() {
    Bytes pem = KeyVectors.file("cosign-3.1.1.key");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.open(pem, Password.ofText("pw\n")))
        .withMessage("decrypt: encrypted: decryption failed")
        .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("password"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generated/p256-N65536.pub | unsupported pem type: PUBLIC KEY",
        "import/validecpkcs8.pem | unsupported pem type: PRIVATE KEY",
        "import/index.json | invalid pem block"
      })
  void refusesOtherFilesWithoutNeedingAPassword(String file, String message) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.requireReadable(KeyVectors.file(file)))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "16384,8,1",
    "65535,8,1",
    "65536,8,2",
    "65536,7,1",
    "65536,9,1",
    "262144,8,1",
    "0,8,1",
    "-65536,8,1",
    "1073741824,8,1",
    "4611686018427387904,8,1",
    "65536,1073741823,1"
  })
  void refusesAllOtherScryptParametersBeforeDeriving(String n, String r, String p)
      throws Exception {
    Bytes json =
        edited("\"N\":65536,\"r\":8,\"p\":1", "\"N\":" + n + ",\"r\":" + r + ",\"p\":" + p);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.requireReadable(file(json)))
        .withMessage("decrypt: unsupported scrypt parameters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"scrypt\" | \"argon2\" | decrypt: encrypted: unknown kdf name \"argon2\"",
        "\"nacl/secretbox\" | \"aes\" | decrypt: encrypted: unknown cipher name \"aes\"",
        "\"nonce\":\" | \"nonce\":\"AAAA | decrypt: encrypted: incorrect nonce size"
      })
  void refusesOtherCiphers(String from, String to, String message) throws Exception {
    Bytes json = edited(from, to);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.requireReadable(file(json)))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"'\"N\":65536', '\"N\":32768'", "'\"salt\":\"B', '\"salt\":\"C'"})
  void aChangeToWhatTheKeyIsDerivedFromIsRefused(String from, String to) throws Exception {
    Bytes json = edited(from, to);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> EncryptedPrivateKeyFile.open(file(json), Password.ofText("pw")))
        .withMessage("decrypt: encrypted: decryption failed");
  }

  private static Bytes edited(String from, String to) throws Exception {
    Pem block = Pem.parseFirst(KeyVectors.file("cosign-3.1.1.key"), "key");
    String json = block.content().toUtf8String("json");
    assertThat(json).contains(from);
    return Bytes.utf8(json.replace(from, to));
  }

  private static Bytes file(Bytes json) {
    return new Pem(EncryptedPrivateKeyFile.PEM_TYPE, json).print();
  }

  @Test
  void damagedFilesGiveKeyExceptionsAndNothingElse() throws Exception {
    Bytes original = KeyVectors.file("cosign-3.1.1.key");
    Pem block = Pem.parseFirst(original, "key");
    Random random = new Random(31);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      Bytes damaged =
          i % 2 == 0
              ? Bytes.of(Mutations.mutate(original.toByteArray(), random))
              : new Pem(
                      block.type(),
                      Bytes.of(Mutations.mutate(block.content().toByteArray(), random)))
                  .print();
      try {
        EncryptedPrivateKeyFile.requireReadable(damaged);
      } catch (KeyException expected) {
        refused++;
      }
    }
    assertThat(refused).as("seed 31").isGreaterThan(1000);
  }

  @Test
  void refusesHugeFilesBeforeReadingThem() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(
            () -> EncryptedPrivateKeyFile.requireReadable(Bytes.owning(new byte[(1 << 20) + 1])))
        .withMessageContaining("larger");
  }
}
