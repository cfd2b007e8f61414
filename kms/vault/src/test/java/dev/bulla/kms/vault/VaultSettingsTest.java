package dev.bulla.kms.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsKeyVersion;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.TransitServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every variable, against the double. */
class VaultSettingsTest {

  private static final String TOKEN = "hvs.marked-77aa10cd";

  @TempDir Path home;

  private final Map<String, String> variables = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private TransitServer server;

  @BeforeEach
  void start() throws Exception {
    server = TransitServer.start(TOKEN, "team/a", "deep/engine");
    variables.put("HOME", home.toString());
    variables.put("VAULT_ADDR", server.address());
    variables.put("VAULT_TOKEN", TOKEN);
    variables.put("VAULT_NAMESPACE", "team/a");
    variables.put("TRANSIT_SECRET_ENGINE_PATH", "/deep//engine/");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private KmsContext context() {
    return new KmsContext(
        name -> Optional.ofNullable(variables.get(name)),
        home,
        Duration.ofSeconds(20),
        warnings::add);
  }

  private KmsKey open(String reference) throws KeyException {
    return KmsProviders.onClassPath()
        .find(reference.substring(0, reference.indexOf(':')))
        .orElseThrow()
        .open(reference, context());
  }

  private KmsKeyVersion create() throws KeyException {
    try (KmsKey key = open("hashivault://k")) {
      return key.create(Optional.empty());
    }
  }

  private KeyException refusal(Problem problem) {
    return assertThatExceptionOfType(KeyException.class)
        .isThrownBy(this::create)
        .matches(e -> e.problem() == problem, problem.toString())
        .matches(e -> !e.toString().contains(TOKEN))
        .actual();
  }

  @Test
  void findsNamespaceAndMount() throws Exception {
    assertThat(create().publicKey()).isEqualTo(server.publicKey("k"));
    assertThat(warnings).isEmpty();
  }

  @Test
  void theTwinsOfOpenBaoCountWhereTheFirstOnesAreNotSet() throws Exception {
    for (String name : List.of("ADDR", "TOKEN", "NAMESPACE")) {
      variables.put("BAO_" + name, variables.remove("VAULT_" + name));
    }
    create();

    variables.put("VAULT_ADDR", "http://127.0.0.1:1");
    assertThat(refusal(Problem.UNREACHABLE)).hasMessageContaining("http://127.0.0.1:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "_", "my-key.v2", "a_b-C.9"})
  void namesOfKeys(String name) throws Exception {
    for (String scheme : List.of("hashivault://", "openbao://")) {
      try (KmsKey key = open(scheme + name)) {
        key.create(Optional.empty());
        assertThat(key).hasToString("TransitKey[" + scheme + name + "]");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a/b", "-a", "a-", "a.", ".a", "a b", "a%2Fb", "é", "a\n", "..", "a?b"})
  void whatIsNoName(String name) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open("openbao://" + name))
        .withMessage("kms specification should be in the format hashivault://<key>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                      | VAULT_ADDR or BAO_ADDR is not set",
        "unix:///run/vault.sock  | VAULT_ADDR is not an address of http:// or https://",
        "https://u:p@h:8200      | VAULT_ADDR is not an address of http:// or https://",
        "https://h:8200?x=1      | VAULT_ADDR is not an address of http:// or https://",
        "https://                | VAULT_ADDR is not an address"
      })
  void addressesThatAreNone(String address, String message) {
    variables.put("VAULT_ADDR", address);

    assertThat(refusal(Problem.MISCONFIGURED)).hasMessage(message);
  }

  @Test
  void anAddressWithoutSchemeIsHttps() {
    variables.put("VAULT_ADDR", server.address().substring("http://".length()));

    assertThat(refusal(Problem.UNREACHABLE)).hasMessageContaining("https://127.0.0.1");
    assertThat(warnings).containsExactly("VAULT_ADDR has no scheme; it is taken for https://");
  }

  @Test
  void warnsBeforeATokenTravelsInTheOpen() throws Exception {
    variables.put("VAULT_ADDR", "http://vault.example.invalid:8200");
    open("hashivault://k").close();

    assertThat(warnings).singleElement().asString().contains("can read the token");
  }

  @Test
  void readsTheTokenFromTheHomeFolder() throws Exception {
    variables.remove("VAULT_TOKEN");
    assertThat(refusal(Problem.NOT_AUTHENTICATED))
        .hasMessage("no token helper configured and ~/.vault-token file not found or empty");

    Files.writeString(home.resolve(".vault-token"), TOKEN + "\n");
    create();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void asksTheTokenHelper() throws Exception {
    variables.remove("VAULT_TOKEN");
    Path helper = home.resolve("helper");
    Files.writeString(helper, "#!/bin/sh\n[ \"$1\" = get ] && echo " + TOKEN + "\n");
    Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(home.resolve(".vault"), "# mine\ntoken_helper = \"" + helper + "\"\n");
    create();

    Files.writeString(helper, "#!/bin/sh\nexit 3\n");
    assertThat(refusal(Problem.NOT_AUTHENTICATED)).hasMessage("token helper failed to get token");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tellsABadTokenFromAMissingRight(boolean explained) {
    if (explained) {
      server.explainUnknownTokens();
    }
    variables.put("VAULT_TOKEN", "hvs.stale");

    assertThat(refusal(Problem.NOT_AUTHENTICATED))
        .hasMessageContaining("the server does not know the token")
        .hasMessageNotContaining("hvs.stale");
  }

  @ParameterizedTest
  @CsvSource({"TRANSIT_SECRET_ENGINE_PATH, transit", "VAULT_NAMESPACE, team/b"})
  void saysWhereItLookedForTheEngine(String name, String value) {
    variables.put(name, value);

    assertThat(refusal(Problem.MISCONFIGURED).hint().orElse(""))
        .contains("TRANSIT_SECRET_ENGINE_PATH")
        .contains("VAULT_NAMESPACE");
  }

  @Test
  void refusesSettingsThatWouldHaveNoEffect() {
    variables.put("VAULT_CLIENT_CERT", "client.pem");

    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("VAULT_CLIENT_CERT");
  }

  @Test
  void aPrefixLetsOneVersionCount() throws Exception {
    create();
    server.rotate("k");
    for (String version : List.of("1", "2")) {
      variables.put("VAULT_KEY_PREFIX", "vault:v" + version + ":");
      try (KmsKey key = open("hashivault://k")) {
        assertThat(key.versions()).singleElement().matches(v -> v.name().equals(version));
      }
    }
    variables.put("VAULT_KEY_PREFIX", "vault:v3:");
    assertThat(refusal(Problem.NOT_FOUND)).hasMessageContaining("version 3");
    variables.put("VAULT_KEY_PREFIX", "v2");
    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("VAULT_KEY_PREFIX");
  }

  @Test
  void believesTheNamedAuthorityAndNoOther() throws Exception {
    TestAuthority authority = TestAuthority.create("vault test");
    try (TransitServer secure =
        TransitServer.startTls(
            TOKEN, "team/a", "deep/engine", authority.serverContext("127.0.0.1"))) {
      variables.put("VAULT_ADDR", secure.address());
      assertThat(refusal(Problem.UNREACHABLE)).hasMessageContaining("certification path");

      Files.writeString(home.resolve("ca.pem"), authority.certificatePem());
      variables.put("VAULT_CACERT", "ca.pem");
      create();

      variables.put(
          "VAULT_CACERT", Files.writeString(home.resolve("other.pem"), "none").toString());
      assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("other.pem");

      variables.remove("VAULT_CACERT");
      variables.put("SSL_CERT_FILE", "ca.pem");
      create();
      assertThat(warnings).isEmpty();
    }
  }

  @Test
  void anyCertificateOnlyWhereItIsAskedFor() throws Exception {
    TestAuthority authority = TestAuthority.create("vault test");
    try (TransitServer secure =
        TransitServer.startTls(
            TOKEN, "team/a", "deep/engine", authority.serverContext("other.example"))) {
      variables.put("VAULT_ADDR", secure.address());
      variables.put("VAULT_SKIP_VERIFY", "true");
      create();

      assertThat(warnings).singleElement().asString().startsWith("VAULT_SKIP_VERIFY is set");
    }
  }
}
