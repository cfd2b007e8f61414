package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.keys.kms.SigningInput;
import dev.bulla.testkit.kms.KeyVaultServer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** References, keys and refusals, against the double. */
class AzureKmsProviderTest {

  @TempDir Path home;

  private final KeyVaultServer server = AzureKmsBench.server();
  private final Map<String, String> variables = AzureKmsBench.variables(server);
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Files.writeString(home.resolve("ca.pem"), AzureKmsBench.AUTHORITY.certificatePem());
    server.add("k", KeyType.EC_P256);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String reference(String rest) {
    return "azurekms://" + server.host() + "/" + rest;
  }

  private KmsKey open(String reference) throws KeyException {
    return KmsProviders.onClassPath()
        .find("azurekms")
        .orElseThrow()
        .open(
            reference,
            new KmsContext(
                name -> Optional.ofNullable(variables.get(name)),
                home,
                Duration.ofSeconds(20),
                warnings::add));
  }

  private void signWith(String reference) throws KeyException {
    try (KmsSigner signer = KmsSigner.open(open(reference))) {
      assertThat(signer.sign(Bytes.utf8("message")).size()).isPositive();
    }
  }

  private KeyException refusal(Problem problem, String reference) {
    return assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> signWith(reference))
        .matches(e -> e.problem() == problem, problem.toString())
        .matches(e -> !e.toString().contains("marked"), "shows nothing secret")
        .matches(e -> e.getCause() == null || !e.getCause().toString().contains("marked"))
        .actual();
  }

  @Test
  void theFormsOfReferencesSign() throws Exception {
    signWith(reference("k"));
    signWith(reference("k/"));
    signWith(reference("k/" + server.versions("k").get(0)));
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "azurekms://",
        "azurekms://v",
        "azurekms://v/",
        "azurekms:///k",
        "azurekms://v/k/1/3",
        "azurekms://v/k/ABC",
        "azurekms://v/k_1",
        "azurekms://v/k?x=y",
        "azurekms://v/../k",
        "azurekms://v/k/..",
        "azurekms://user@v/k",
        "azurekms://v:port/k",
        "azurekms://-v/k",
        "azurekms://v..w/k",
        "azurekms://v#/k",
        "azurekms://https://v/k"
      })
  void whatIsNoReference(String reference) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference))
        .withMessage(
            "kms specification should be in the format"
                + " azurekms://[VAULT_NAME][VAULT_URL]/[KEY_NAME]/[VERSION (optional)]");
  }

  @ParameterizedTest
  @CsvSource({
    "myvault, , https://myvault.vault.azure.net",
    "MyVault, AzurePublicCloud, https://myvault.vault.azure.net",
    "myvault, AZURECHINACLOUD, https://myvault.vault.azure.cn",
    "myvault, AZUREUSGOVERNMENT, https://myvault.vault.usgovcloudapi.net",
    "hsm.managedhsm.azure.net, , https://hsm.managedhsm.azure.net",
    "myvault.vault.azure.cn, , https://myvault.vault.azure.cn",
    "vault.example, , https://vault.example",
    "localhost, , https://localhost",
    "localhost:8443, , https://localhost:8443",
  })
  void aNameWithoutADotGetsTheCloudsDomain(String host, String cloud, String address)
      throws Exception {
    if (cloud != null) {
      variables.put("AZURE_ENVIRONMENT", cloud);
    }
    try (KmsKey key = open("azurekms://" + host + "/k")) {
      assertThat(key).hasToString("AzureKmsKey[" + address + "/keys/k]");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AZURE_ENVIRONMENT, MOONCLOUD",
    "AZURE_AUTHORITY_HOST, http://login.microsoftonline.com/",
    "AZURE_AUTHORITY_HOST, https://user@login.example",
    "AZURE_AUTHORITY_HOST, login.example",
    "AZURE_AUTHORITY_HOST, https://login.example/tenant",
    "AZURE_TOKEN_CREDENTIALS, somebody",
    "SSL_CERT_FILE, absent.pem"
  })
  void settingsThatAreNoneAreNamed(String variable, String value) {
    variables.put(variable, value);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference("k")))
        .matches(e -> e.problem() == Problem.MISCONFIGURED)
        .matches(e -> (e.message() + e.hint()).contains(value.contains("pem") ? value : variable));
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P384", "RSA_3072"})
  void hardwareKeysSignLikeOthers(KeyType type) throws Exception {
    server.add("hsm", type, type.family() + "-HSM", "", List.of("sign", "verify"));

    signWith(reference("hsm"));
  }

  @Test
  void rsaKeysSignInEveryWayThatOthersVerify() throws Exception {
    server.add("rsa", KeyType.RSA_4096);
    try (KmsKey key = open(reference("rsa"))) {
      assertThat(key.algorithms())
          .containsExactly(
              SignatureAlgorithm.RSA_PKCS1_SHA256,
              SignatureAlgorithm.RSA_PKCS1_SHA384,
              SignatureAlgorithm.RSA_PKCS1_SHA512,
              SignatureAlgorithm.RSA_PSS_SHA256);
    }
  }

  /** About every hundredth number is shorter than the curve's. */
  @Test
  void shortNumbersArePaddedInBothDirections() throws Exception {
    try (KmsKey key = open(reference("k"))) {
      KmsKeyVersion version = key.versions().get(0);
      for (int i = 0; i < 300; i++) {
        SigningInput input =
            SigningInput.of(SignatureAlgorithm.ECDSA_P256_SHA256, Bytes.utf8("m" + i));
        Bytes signature = key.sign(input);
        assertThat(version.publicKey().matchesDigest(input.bytes(), signature, input.algorithm()))
            .isTrue();
        if (signature.size() < 70) {
          assertThat(key.verify(version, input, signature)).isTrue();
        }
      }
    }
  }

  /** What cosign up to 3.1 made of RSA signatures. */
  @Test
  void theServiceIsAskedAboutRsaSignaturesInTwoHalves() throws Exception {
    server.add("rsa", KeyType.RSA_2048);
    try (KmsKey key = open(reference("rsa"))) {
      SigningInput input =
          SigningInput.of(SignatureAlgorithm.RSA_PKCS1_SHA256, Bytes.utf8("message"));
      byte[] raw = key.sign(input).toByteArray();
      Bytes halves =
          Bytes.concat(
              integer(Arrays.copyOf(raw, 128)), integer(Arrays.copyOfRange(raw, 128, 256)));
      Bytes wrapped =
          Bytes.concat(
              Bytes.of((byte) 0x30, (byte) 0x82, (byte) (halves.size() >> 8), (byte) halves.size()),
              halves);
      assertThat(key.verify(key.versions().get(0), input, wrapped)).isTrue();
      assertThat(key.verify(key.versions().get(0), input, wrapped.slice(0, wrapped.size() - 1)))
          .isFalse();
    }
  }

  private static Bytes integer(byte[] unsigned) {
    byte[] number = new BigInteger(1, unsigned).toByteArray();
    return number.length < 128
        ? Bytes.concat(Bytes.of((byte) 2, (byte) number.length), Bytes.of(number))
        : Bytes.concat(Bytes.of((byte) 2, (byte) 0x81, (byte) number.length), Bytes.of(number));
  }

  @Test
  void aVersionThatIsPinnedIsAskedForAlone() throws Exception {
    server.rotate("k");
    signWith(reference("k/" + server.versions("k").get(0)));

    assertThat(server.needed()).containsExactly("get", "sign");
  }

  @Test
  void manyVersionsAreFoundNewestFirst() throws Exception {
    for (int i = 0; i < 6; i++) {
      server.rotate("k");
    }
    List<String> newestFirst = new ArrayList<>(server.versions("k"));
    java.util.Collections.reverse(newestFirst);
    try (KmsKey key = open(reference("k"))) {
      assertThat(key.versions().stream().map(KmsKeyVersion::name)).isEqualTo(newestFirst);
    }
  }

  @Test
  void whoMayNotListSignsAndIsTold() throws Exception {
    server.rotate("k");
    server.grantOnly(Set.of("get", "sign"));
    signWith(reference("k"));

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("keys/list", "older versions of the key do not count");
  }

  @Test
  void olderVersionsThatNobodyCanVerifyAreLeftOut() throws Exception {
    server.add("mixed", KeyType.EC_P256, "EC", "P-256K", List.of("sign", "verify"));
    assertThat(refusal(Problem.WRONG_KEY, reference("mixed"))).hasMessageContaining("EC P-256K");
    server.add("mixed", KeyType.EC_P384);
    try (KmsKey key = open(reference("mixed"))) {
      assertThat(key.versions()).hasSize(1);
    }
  }

  @Test
  void aKeyThatIsDisabledOrOverOrForOtherThingsSaysSo() {
    server.add("encrypts", KeyType.RSA_2048, "RSA", "", List.of("encrypt", "decrypt"));
    assertThat(refusal(Problem.WRONG_KEY, reference("encrypts"))).hasMessageContaining("key_ops");
    server.add("verifies", KeyType.EC_P256, "EC", "P-256", List.of("verify"));
    assertThat(refusal(Problem.WRONG_KEY, reference("verifies"))).hasMessageContaining("key_ops");
    server.expire("k");
    assertThat(refusal(Problem.WRONG_KEY, reference("k")))
        .hasMessageContaining("not allowed on an expired key");
    server.disable("k", true);
    assertThat(refusal(Problem.WRONG_KEY, reference("k")))
        .hasMessageContaining("is disabled")
        .matches(e -> e.hint().orElse("").contains("az keyvault key set-attributes"));
  }

  @Test
  void rightsAreNamedAsPoliciesAndAsRoles() {
    server.grantOnly(Set.of("get", "list"));
    server.useRoles();

    assertThat(refusal(Problem.NOT_PERMITTED, reference("k")))
        .hasMessageContaining("not permitted: keys/sign")
        .hasMessageContaining("Microsoft.KeyVault/vaults/keys/sign/action")
        .hasMessageContaining("Key Vault Crypto User");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference("new")).create(Optional.empty()))
        .withMessageContaining("not permitted: keys/create")
        .withMessageContaining("Key Vault Crypto Officer");
  }

  @Test
  void onlyAKeyThatIsMissingIsMade() throws Exception {
    try (KmsKey key = open(reference("new"))) {
      assertThat(key.create(Optional.of(KeyType.RSA_3072)).publicKey().type())
          .isEqualTo(KeyType.RSA_3072);
    }
    server.delete("new");
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference("new")).create(Optional.empty()))
        .matches(e -> e.problem() == Problem.WRONG_KEY)
        .matches(e -> e.hint().orElse("").contains("az keyvault key recover"));
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference("k/0123")).create(Optional.empty()))
        .matches(e -> e.problem() != Problem.WRONG_KEY);
    assertThat(server.versions("k")).hasSize(1);
  }

  /** The token would be good elsewhere, or whoever asks is no vault. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer authorization=\"https://login.windows.net/t\","
            + " resource=\"https://vault.azure.net\"",
        "Bearer authorization=\"https://login.windows.net/t\","
            + " resource=\"https://management.azure.com/\"",
        "Bearer resource=\"https://127.0.0.1.evil.example\"",
        "Bearer resource=\"http://127.0.0.1\"",
        "Bearer resource=\"https://u@127.0.0.1\"",
        "Bearer resource=\"https://127.0.0.1/path\"",
        "Bearer resource=\"https://1\"",
        "Bearer scope=\"https://graph.microsoft.com/.default\"",
        "Bearer resource=\"https://127.0.0.1\" \"",
        "Bearer",
        "Basic realm=\"x\"",
        ""
      })
  void noTokenIsMadeForAnother(String challenge) {
    server.challengeWith(challenge);

    refusal(Problem.NOT_AUTHENTICATED, reference("k"));
    assertThat(server.entra().grants()).isZero();
  }

  @Test
  void nothingShowsTheCredentials() throws Exception {
    List<String> shown = new ArrayList<>();
    try (KmsKey key = open(reference("k"))) {
      key.versions();
      shown.add(key.toString());
    }
    assertThat(shown.toString() + warnings).doesNotContain("marked");
  }
}
