package dev.bulla.kms.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.key.KeyType;
import dev.bulla.key.Password;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.key.SignatureCheck;
import dev.bulla.key.Signer;
import dev.bulla.key.VerificationKey;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.keys.pkcs11.PinSource;
import dev.bulla.keys.pkcs11.Pkcs11Uri;
import dev.bulla.keys.pkcs11.TokenProvider.FoundKey;
import dev.bulla.keys.pkcs11.TokenProvider.Token;
import dev.bulla.testkit.sigstore.VirtualCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that OpenSC's tool made on a real SoftHSM, most without a certificate beside them. */
class TokenKeyTest {

  private static final Bytes MESSAGE = Bytes.utf8("to be signed");

  private static SoftHsm token;
  private static Bytes certificate;
  private static VerificationKey renewed;

  @BeforeAll
  static void start() throws Exception {
    token = SoftHsm.start();
    token.makeKey("EC:prime256v1", "My Key", "6b65795f6964");
    token.makeKey("EC:secp384r1", "p384", "10");
    token.makeKey("EC:secp521r1", "p521", "11");
    token.makeKey("rsa:3072", "rsa", "12");
    token.makeKey("EC:prime256v1", "double", "13");
    token.makeKey("EC:prime256v1", "double", "14");
    token.makeKey("EC:prime256v1", "each time", "15", "--always-auth");
    token.makeKey("rsa:2048", "private only", "16");
    token.tool("--delete-object", "--type", "pubkey", "--id", "16");
    token.makeKey("EC:prime256v1", "half", "17");
    token.tool("--delete-object", "--type", "pubkey", "--id", "17");
    token.makeKey("EC:secp256k1", "other curve", "18");
    token.makeKey("EC:prime256v1", "certified", "19");
    token.makeKey("EC:prime256v1", "another's", "1a");
    token.makeKey("rsa:2048", "twice", "1b");
    certificate = certificateFor("certified");
    store(certificate, "certified", "19");
    store(certificate, "another's", "1a");
    Bytes twice = certificateFor("twice");
    store(twice, "old", "1b");
    store(twice, "new", "1b");
    token.makeKey("EC:prime256v1", "renewed", "1c");
    token.makeKey("EC:prime256v1", "mixed", "1d");
    renewed = publicKey("renewed");
    store(certificateFor("renewed"), "renewed old", "1c");
    store(certificateFor("renewed"), "renewed new", "1c");
    store(certificateFor("renewed"), "mixed old", "1d");
    store(certificateFor("mixed"), "mixed new", "1d");
    token.tool("--delete-object", "--type", "pubkey", "--id", "1c");
    token.tool("--delete-object", "--type", "pubkey", "--id", "1d");
  }

  private static Bytes certificateFor(String label) throws Exception {
    Instant now = Instant.parse("2026-08-01T12:00:00Z");
    Instant end = now.plus(Duration.ofDays(365));
    return VirtualCa.codeSigning("tokens", KeyType.EC_P256, now, end)
        .leaf(publicKey(label).spki(), now)
        .subject("Example", label)
        .issue()
        .der();
  }

  private static VerificationKey publicKey(String label) throws Exception {
    try (KmsKey key = toCheck(uri("object=" + label))) {
      return key.versions().get(0).publicKey();
    }
  }

  private static void store(Bytes der, String label, String id) throws IOException {
    Path file = token.folder().resolve(label + ".der");
    Files.write(file, der.toByteArray());
    token.tool("--write-object", file.toString(), "--type", "cert", "--label", label, "--id", id);
  }

  @AfterAll
  static void stop() {
    if (token != null) {
      token.close();
    }
  }

  private static Pkcs11Uri uri(String name) {
    return uriOf("pkcs11:token=My%20Token;" + name);
  }

  private static Pkcs11Uri uriOf(String text) {
    try {
      return Pkcs11Uri.parse(text, Optional.of(token.modulePath()));
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static PinSource pin(String value) {
    return question -> Optional.of(Password.ofText(value));
  }

  private static KmsKey toSign(String name) {
    return new Pkcs11Provider().open(uri(name), pin(SoftHsm.PIN), true);
  }

  private static KmsKey toCheck(Pkcs11Uri uri) {
    return new Pkcs11Provider()
        .open(
            uri,
            question -> {
              throw new AssertionError("nobody is asked");
            },
            false);
  }

  @ParameterizedTest
  @CsvSource({
    "My%20Key, ECDSA_P256_SHA256",
    "p384, ECDSA_P384_SHA384",
    "p521, ECDSA_P521_SHA512",
    "rsa, RSA_PKCS1_SHA256",
    "each%20time, ECDSA_P256_SHA256",
    "private%20only, RSA_PKCS1_SHA256"
  })
  void theKeyDecidesTheHash(String label, SignatureAlgorithm algorithm) throws Exception {
    try (Signer signer = KmsSigner.open(toSign("object=" + label))) {
      assertThat(signer.algorithm()).isEqualTo(algorithm);
      for (int i = 0; i < 3; i++) {
        Bytes signature = signer.sign(MESSAGE);
        assertThat(signer.publicKey().check(MESSAGE, signature, algorithm))
            .isEqualTo(new SignatureCheck.Matched(algorithm));
      }
    }
  }

  @Test
  void thePublicKeyNeedsNoPin() throws Exception {
    try (KmsKey key = toCheck(uri("object=p384"));
        KmsKey signing = toSign("object=p384")) {
      assertThat(key.versions().get(0).publicKey().type()).isEqualTo(KeyType.EC_P384);
      assertThat(key.versions()).isEqualTo(signing.versions());
    }
  }

  @Test
  void theIdentifierWinsOverTheLabelAndTheSlotOverTheToken() throws Exception {
    long slot = tokens().get(0).slot();
    try (KmsKey byId = toCheck(uri("id=%10;object=rsa"));
        KmsKey bySlot = toCheck(uriOf("pkcs11:token=other;slot-id=" + slot + ";object=rsa"))) {
      assertThat(byId.versions().get(0).publicKey().type()).isEqualTo(KeyType.EC_P384);
      assertThat(bySlot.versions().get(0).publicKey().type()).isEqualTo(KeyType.RSA_3072);
    }
  }

  @Test
  void aNameThatTwoKeysHaveIsRefused() {
    try (KmsKey key = toSign("object=double")) {
      expect(Problem.MISCONFIGURED, key, "2 keys have this name");
    }
  }

  @Test
  void aMissingKeyIsSaidToBeMissingInTheWordsOfCosign() {
    try (KmsKey key = toSign("id=%01%ab;object=gone%1b")) {
      expect(
          Problem.NOT_FOUND,
          key,
          "signer not set: no key pair found for id=01ab label=gone\\u{1b} in slot/token");
    }
    try (KmsKey key = toCheck(uri("object=gone"))) {
      expect(Problem.NOT_FOUND, key, "signer not set: no key pair found for id= label=gone");
    }
  }

  @Test
  void halfAPairAndAnotherCurveAreNoKeys() {
    try (KmsKey key = toSign("object=half")) {
      expect(Problem.WRONG_KEY, key, "what has this name is no key pair");
    }
    try (KmsKey key = toSign("object=other%20curve")) {
      expect(Problem.WRONG_KEY, key, "its curve is another one");
    }
  }

  @Test
  void aMissingTokenIsSaidToBeMissing() {
    try (KmsKey key = toCheck(uriOf("pkcs11:token=elsewhere;object=k"))) {
      expect(Problem.NOT_FOUND, key, "could not find PKCS#11 token");
    }
    try (KmsKey key = toCheck(uriOf("pkcs11:slot-id=4242;object=k"))) {
      expect(Problem.NOT_FOUND, key, "CKR_SLOT_ID_INVALID");
    }
  }

  @Test
  void aWrongPinIsTriedOnce() {
    List<String> questions = new ArrayList<>();
    PinSource wrong =
        question -> {
          questions.add(question);
          return Optional.of(Password.ofText("00000000"));
        };
    try (KmsKey key = new Pkcs11Provider().open(uri("object=My%20Key"), wrong, true)) {
      KeyException failure = expect(Problem.NOT_AUTHENTICATED, key, "the token refuses the PIN");
      assertThat(failure.message()).doesNotContain("00000000");
      assertThat(questions)
          .containsExactly("Enter PIN for key 'My Key' in PKCS11 token 'My Token': ");
    }
  }

  @Test
  void withoutAPinNothingIsSigned() {
    try (KmsKey key = new Pkcs11Provider().open(uri("object=My%20Key"), PinSource.none(), true)) {
      KeyException failure = expect(Problem.NOT_AUTHENTICATED, key, "the token needs its PIN");
      assertThat(failure.hint()).hasValue("set COSIGN_PKCS11_PIN");
    }
  }

  @Test
  void theCertificateBesideTheKeyIsFoundByWhoeverNamesTheKey() throws Exception {
    try (KmsKey signing = toSign("object=certified");
        KmsKey checking = toCheck(uri("id=%19"));
        KmsKey without = toSign("object=p384")) {
      assertThat(signing.certificate()).hasValue(certificate);
      assertThat(checking.certificate()).hasValue(certificate);
      assertThat(without.certificate()).isEmpty();
    }
  }

  @Test
  void aCertificateThatIsNotTheKeysOrOneOfTwoIsRefused() {
    try (KmsKey anothers = toSign("object=another's");
        KmsKey twice = toSign("object=twice")) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(anothers::certificate)
          .withMessageContaining("pkcs11 key and certificate do not match")
          .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("IGNORE_CERTIFICATE=1"));
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(twice::certificate)
          .withMessageContaining("2 certificates have this name")
          .satisfies(e ->
              assertThat(e.hint().orElseThrow())
                  .contains("COSIGN_PKCS11_IGNORE_CERTIFICATE=1")
                  .contains("--certificate"));
    }
  }

  @Test
  void aKeyThatOnlyItsCertificatesTellIsFoundWhenTheyAgree() throws Exception {
    try (KmsKey key = toSign("id=%1c")) {
      assertThat(key.versions().get(0).publicKey()).isEqualTo(renewed);
    }
    try (KmsKey key = toSign("id=%1d")) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(key::versions)
          .withMessageContaining("2 certificates have this name, for different keys");
    }
  }

  @Test
  void severalKeysMayBeOpenAndTheModuleIsLeftWhenTheLastCloses() throws Exception {
    KmsKey first = toSign("object=My%20Key");
    KmsKey second = toSign("object=p521");
    Signer signer = KmsSigner.open(second);
    assertThat(first.versions()).hasSize(1);
    first.close();
    first.close();
    assertThat(signer.sign(MESSAGE).isEmpty()).isFalse();
    signer.close();
    try (Signer again = KmsSigner.open(toSign("object=My%20Key"))) {
      assertThat(again.sign(MESSAGE).isEmpty()).isFalse();
    }
  }

  private static List<Token> tokens() throws KeyException {
    return new Pkcs11Provider()
        .tokens(token.modulePath()).stream().filter(Token::initialized).toList();
  }

  @Test
  void listsTokensAndKeysWithoutAPin() throws Exception {
    assertThat(tokens())
        .singleElement()
        .satisfies(found -> {
          assertThat(found.label()).isEqualTo("My Token");
          assertThat(found.manufacturer()).isEqualTo("SoftHSM project");
          assertThat(found.model()).isEqualTo("SoftHSM v2");
        });
    long slot = tokens().get(0).slot();
    List<FoundKey> keys = new Pkcs11Provider().keys(token.modulePath(), slot, pin(SoftHsm.PIN));
    assertThat(keys)
        .hasSize(15)
        .anySatisfy(key -> {
          assertThat(key.label()).isEqualTo("My Key");
          assertThat(key.id()).isEqualTo(Bytes.utf8("key_id"));
          assertThat(key.uri().text())
              .isEqualTo(
                  "pkcs11:token=My%20Token;slot-id="
                      + slot
                      + ";id=%6b%65%79%5f%69%64;object=My%20Key?module-path="
                      + token.modulePath());
        });
    assertThat(keys.toString()).doesNotContain(SoftHsm.PIN);
  }

  @Test
  void showsNoPin() {
    try (KmsKey key =
        new Pkcs11Provider()
            .open(uriOf("pkcs11:token=t;object=o?pin-value=31415"), PinSource.none(), true)) {
      assertThat(key.toString()).contains("object=o").doesNotContain("31415");
      assertThat(expect(Problem.NOT_FOUND, key, "could not find").message())
          .doesNotContain("31415");
    }
  }

  private static KeyException expect(Problem problem, KmsKey key, String message) {
    KeyException failure =
        assertThatExceptionOfType(KeyException.class).isThrownBy(key::versions).actual();
    assertThat(failure.message()).contains(message);
    assertThat(failure.problem()).isEqualTo(problem);
    return failure;
  }
}
