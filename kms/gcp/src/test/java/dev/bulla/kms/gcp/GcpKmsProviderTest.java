package dev.bulla.kms.gcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.Pem;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.GcpKmsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.ValueSource;

/** References, variables and credentials, against the double. */
class GcpKmsProviderTest {

  private static final String KEY = GcpKmsBench.key("k");
  private static final String REFERENCE = "gcpkms://" + KEY;

  @TempDir Path home;

  private GcpKmsServer server;
  private Map<String, String> variables;

  @BeforeEach
  void start() throws Exception {
    use(GcpKmsServer.start(GcpKmsBench.TOKEN, GcpKmsBench.REFRESH));
  }

  private void use(GcpKmsServer other) throws Exception {
    server = other;
    variables = GcpKmsBench.variables(server);
    variables.put("HOME", home.toString());
    Files.writeString(home.resolve("account.json"), server.serviceAccountFile());
    server.add(KEY, "ASYMMETRIC_SIGN", "EC_SIGN_P256_SHA256");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private KmsKey open(String reference) throws KeyException {
    return KmsProviders.onClassPath()
        .find("gcpkms")
        .orElseThrow()
        .open(
            reference,
            new KmsContext(
                name -> Optional.ofNullable(variables.get(name)),
                home,
                Duration.ofSeconds(20),
                warning -> {}));
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

  /** And this machine, where the tokens come from here, is asked without one. */
  @Test
  void theServiceIsReachedThroughTheProxy() throws Exception {
    server.close();
    TestAuthority authority = TestAuthority.create("google test");
    use(
        GcpKmsServer.startTls(
            GcpKmsBench.TOKEN,
            GcpKmsBench.REFRESH,
            authority.serverContext("127.0.0.1", "kms.example")));
    Files.writeString(home.resolve("ca.pem"), authority.certificatePem());
    try (ForwardProxy proxy =
        ForwardProxy.start()
            .leading(
                "kms.example:443",
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), URI.create(server.address()).getPort()))) {
      variables.put("SSL_CERT_FILE", "ca.pem");
      variables.put(GcpClient.ENDPOINT, "https://kms.example/");
      variables.put("HTTPS_PROXY", "http://" + proxy.host());
      signWith(REFERENCE);

      assertThat(proxy.lines()).isNotEmpty().containsOnly("CONNECT kms.example:443 HTTP/1.1");
      assertThat(proxy.heads()).noneMatch(head -> head.contains(GcpKmsBench.TOKEN));
    }
  }

  /** A proxy is another machine, and would be handed this one's tokens in plain text. */
  @Test
  void theMetadataServerIsNotReachedThroughAProxy() throws Exception {
    try (ForwardProxy proxy =
        ForwardProxy.start()
            .leading(
                "metadata.invalid:80",
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), URI.create(server.address()).getPort()))) {
      variables.remove("GOOGLE_APPLICATION_CREDENTIALS");
      variables.put("GCE_METADATA_HOST", "metadata.invalid");
      variables.put("HTTP_PROXY", "http://" + proxy.host());

      refusal(Problem.NOT_AUTHENTICATED, REFERENCE);

      assertThat(proxy.lines()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/versions/1", "/cryptoKeyVersions/1"})
  void theFormsOfReferencesSign(String version) throws Exception {
    signWith(REFERENCE + version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcpkms://projects/123456789/locations/us-central1/keyRings/R-1/cryptoKeys/K_2",
        "gcpkms://projects/example.com:old/locations/global/keyRings/r/cryptoKeys/k/versions/12"
      })
  void otherReferences(String reference) throws Exception {
    open(reference).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcpkms://",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/latest",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1/publicKey",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k?x=y",
        "gcpkms://projects/../locations/l/keyRings/r/cryptoKeys/k",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/a b",
        "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k:asymmetricSign",
        "gcpkms:///projects/p/locations/l/keyRings/r/cryptoKeys/k"
      })
  void whatIsNoReference(String reference) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference))
        .withMessageStartingWith(
            "kms specification should be in the format gcpkms://projects/[PROJECT_ID]/");
  }

  @Test
  void theNewestOfManyVersionsSignsByNumberAndNotByText() throws Exception {
    for (int i = 0; i < 11; i++) {
      server.rotate(KEY);
    }
    try (KmsKey key = open(REFERENCE)) {
      assertThat(key.versions().stream().map(KmsKeyVersion::name))
          .containsExactly("12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1");
    }
  }

  @Test
  void aVersionThatIsPinnedIsAskedForAlone() throws Exception {
    server.rotate(KEY);
    signWith(REFERENCE + "/versions/1");

    assertThat(server.needed())
        .containsExactly(
            "cloudkms.cryptoKeyVersions.useToSign", "cloudkms.cryptoKeyVersions.viewPublicKey");
  }

  @Test
  void olderVersionsThatNobodyCanVerifyAreLeftOut() throws Exception {
    String key = GcpKmsBench.key("mixed");
    server.add(key, "ASYMMETRIC_SIGN", "EC_SIGN_SECP256K1_SHA256");
    server.addVersion(key, "EC_SIGN_P384_SHA384");
    try (KmsKey opened = open("gcpkms://" + key)) {
      assertThat(opened.versions()).singleElement().matches(version -> version.name().equals("2"));
    }
    server.addVersion(key, "EC_SIGN_SECP256K1_SHA256");
    assertThat(refusal(Problem.WRONG_KEY, "gcpkms://" + key))
        .hasMessageContaining("its algorithm is EC_SIGN_SECP256K1_SHA256");
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_SIGN_PKCS1_4096_SHA512, RSA_PKCS1_SHA512",
    "RSA_SIGN_PSS_3072_SHA256, RSA_PSS_SHA256",
    "EC_SIGN_ED25519, ED25519"
  })
  void theVersionDecidesHowItSigns(String algorithm, SignatureAlgorithm expected) throws Exception {
    server.add(KEY, "ASYMMETRIC_SIGN", algorithm);
    try (KmsKey key = open(REFERENCE)) {
      assertThat(key.algorithms()).containsExactly(expected);
    }
    signWith(REFERENCE);
  }

  @Test
  void aNewKeyIsWaitedForWhileItIsMade() throws Exception {
    server.generateAfter(3);
    try (KmsKey key = open("gcpkms://" + GcpKmsBench.key("slow"))) {
      assertThat(key.create(Optional.empty()).name()).isEqualTo("1");
    }
  }

  @Test
  void aVersionThatIsAskedForIsNotMade() {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(REFERENCE + "/versions/7").create(Optional.empty()))
        .matches(e -> e.problem() == Problem.NOT_FOUND);
  }

  @Test
  void aKeyOfAnotherPurposeStaysAsItIs() {
    server.add(KEY, "ASYMMETRIC_DECRYPT", "RSA_DECRYPT_OAEP_2048_SHA256");

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(REFERENCE).create(Optional.empty()))
        .withMessageContaining("specified key cannot be used to sign: its purpose is");
    refusal(Problem.WRONG_KEY, REFERENCE);
    refusal(Problem.WRONG_KEY, REFERENCE + "/versions/1");
  }

  @Test
  void aDisabledVersionSaysHowToEnableIt() {
    server.setState(KEY, "DISABLED", true);

    assertThat(refusal(Problem.WRONG_KEY, REFERENCE + "/versions/1"))
        .hasMessageContaining("current state is: DISABLED")
        .matches(e -> e.hint().orElse("").contains("gcloud kms keys versions enable"));
    assertThat(refusal(Problem.WRONG_KEY, REFERENCE))
        .hasMessageContaining("unable to find an enabled key version in GCP KMS");
  }

  /** What a line or a proxy spoils is noticed, in both directions. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "verifiedDigestCrc32c",
        "signatureCrc32c",
        "signature",
        "pemCrc32c",
        "pem",
        "name",
        "algorithm"
      })
  void answersAreCheckedForErrorsOfTheLine(String member) {
    server.corrupt(member);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> signWith(REFERENCE + "/versions/1"))
        .matches(e -> e.problem() == Problem.BAD_ANSWER || e.problem() == Problem.WRONG_KEY);
  }

  @Test
  void rightsAreNamedWhereKeysAreMade() {
    server.grantOnly(Set.of("cloudkms.cryptoKeys.get", "cloudkms.keyRings.get"));
    for (String ring : new String[] {"r", "new"}) {
      String reference =
          REFERENCE.replace("keyRings/r/cryptoKeys/k", "keyRings/" + ring + "/cryptoKeys/n");
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> open(reference).create(Optional.empty()))
          .withMessageContaining(
              "not permitted: cloudkms."
                  + (ring.equals("r") ? "cryptoKeys" : "keyRings")
                  + ".create");
    }
  }

  @Test
  void credentialsOfTheUser() throws Exception {
    variables.remove("GOOGLE_APPLICATION_CREDENTIALS");
    Path folder = Files.createDirectories(home.resolve(".config/gcloud"));
    Path file = folder.resolve("application_default_credentials.json");
    Files.writeString(file, userFile());
    signWith(REFERENCE);

    Files.writeString(file, userFile().replace(GcpKmsBench.REFRESH, "1//marked-other"));
    assertThat(refusal(Problem.NOT_AUTHENTICATED, REFERENCE))
        .hasMessageContaining("invalid_grant")
        .matches(e -> e.hint().orElse("").contains("gcloud auth application-default login"));

    Files.delete(file);
    Path other = Files.createDirectory(home.resolve("config"));
    Files.writeString(other.resolve("application_default_credentials.json"), userFile());
    variables.put("CLOUDSDK_CONFIG", "config");
    signWith(REFERENCE);
  }

  /** With the address of the double in it, which such files of Google's own leave out. */
  private String userFile() {
    return server.userFile().replace("{", "{\"token_uri\":\"" + server.address() + "/token\",");
  }

  @Test
  void credentialsOfTheMachine() throws Exception {
    variables.remove("GOOGLE_APPLICATION_CREDENTIALS");
    variables.put("GCE_METADATA_HOST", server.host());
    signWith(REFERENCE);

    variables.put("GCE_METADATA_HOST", "127.0.0.1:9");
    assertThat(refusal(Problem.NOT_AUTHENTICATED, REFERENCE))
        .hasMessageContaining("no Google credentials were found");
    variables.put("GCE_METADATA_HOST", "evil.example/x?");
    refusal(Problem.MISCONFIGURED, REFERENCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON, marked",
        "{}",
        "{\"type\":\"marked\"}",
        "{\"type\":\"service_account\"}",
        "{\"type\":\"service_account\",\"client_email\":7,\"private_key\":[\"marked\"]}",
        "{\"type\":\"service_account\",\"client_id\":\"1\",\"client_email\":\"a@b\","
            + "\"private_key_id\":\"2\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\\nmarked\"}",
        "{\"type\":\"authorized_user\",\"client_id\":\"x\"}",
        "{\"type\":\"external_account\"}",
        "{\"type\":\"impersonated_service_account\",\"source_credentials\":\"marked\"}"
      })
  void filesThatAreNoCredentialsShowNothingOfThem(String content) throws Exception {
    Files.writeString(home.resolve("account.json"), content);

    KeyException failure =
        assertThatExceptionOfType(KeyException.class).isThrownBy(() -> open(REFERENCE)).actual();
    assertThat(failure.problem()).isEqualTo(Problem.MISCONFIGURED);
    assertThat(failure.message().replace("type that is not supported: marked", ""))
        .doesNotContain("marked");
    assertThat(failure.getCause()).isNull();
  }

  @Test
  void anAccountOfOthersIsRefused() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String key =
        new Pem("PRIVATE KEY", Bytes.of(generator.generateKeyPair().getPrivate().getEncoded()))
            .print()
            .toUtf8String("PEM");
    Files.writeString(
        home.resolve("account.json"),
        server
            .serviceAccountFile()
            .replaceFirst("-----BEGIN.*END PRIVATE KEY-----\\\\n", key.replace("\n", "\\\\n")));
    assertThat(refusal(Problem.NOT_AUTHENTICATED, REFERENCE))
        .hasMessageContaining("Invalid JWT Signature.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://kms.example/",
        "ftp://127.0.0.1/",
        "https://user@kms.example",
        "https://h/?q",
        "x",
        "https://h/path"
      })
  void tokensGoToNoOtherAddress(String endpoint) {
    variables.put(GcpClient.ENDPOINT, endpoint);

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(REFERENCE))
        .matches(e -> e.problem() == Problem.MISCONFIGURED)
        .withMessageContaining(GcpClient.ENDPOINT);
  }

  @Test
  void believesTheAuthoritiesThatTheUserTrusts() throws Exception {
    server.close();
    TestAuthority authority = TestAuthority.create("google test");
    use(
        GcpKmsServer.startTls(
            GcpKmsBench.TOKEN, GcpKmsBench.REFRESH, authority.serverContext("127.0.0.1")));
    refusal(Problem.UNREACHABLE, REFERENCE);

    Files.writeString(home.resolve("ca.pem"), authority.certificatePem());
    variables.put("SSL_CERT_FILE", "ca.pem");
    signWith(REFERENCE);
  }

  @Test
  void nothingShowsTheCredentials() throws Exception {
    List<String> shown = new ArrayList<>();
    try (KmsKey key = open(REFERENCE)) {
      key.versions();
      shown.add(key.toString());
    }
    assertThat(shown.toString()).doesNotContain("marked", "PRIVATE");
  }
}
