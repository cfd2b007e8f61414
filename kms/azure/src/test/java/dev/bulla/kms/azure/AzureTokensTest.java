package dev.bulla.kms.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.KeyType;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
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

/** Who asks, in each way that Azure's own clients know, against the double. */
class AzureTokensTest {

  private static final String ASSERTION = "eyJ.marked-assertion.x";

  @TempDir Path home;

  private final KeyVaultServer server = AzureKmsBench.server();
  private final Map<String, String> variables = AzureKmsBench.variables(server);
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Files.writeString(home.resolve("ca.pem"), AzureKmsBench.AUTHORITY.certificatePem());
    server.add("k", KeyType.EC_P256);
    // nobody is at home there
    variables.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void read() throws KeyException {
    try (KmsKey key =
        new AzureKmsProvider()
            .open(
                "azurekms://" + server.host() + "/k",
                new KmsContext(
                    name -> Optional.ofNullable(variables.get(name)),
                    home,
                    Duration.ofSeconds(20),
                    warnings::add))) {
      assertThat(key.versions()).hasSize(1);
    }
  }

  private KeyException refusal(Problem problem) {
    KeyException failure =
        assertThatExceptionOfType(KeyException.class).isThrownBy(this::read).actual();
    assertThat(failure.problem()).as(failure.message()).isEqualTo(problem);
    assertThat(failure + failure.hint().orElse("") + failure.getCause() + warnings)
        .doesNotContain("marked");
    return failure;
  }

  private void forgetThePrincipal() {
    variables.keySet().removeAll(List.of("AZURE_TENANT_ID", "AZURE_CLIENT_ID"));
    variables.remove("AZURE_CLIENT_SECRET");
  }

  @Test
  void aSecret() throws Exception {
    read();
    assertThat(server.entra().grants()).isEqualTo(1);

    variables.put("AZURE_CLIENT_SECRET", "marked-wrong");
    assertThat(refusal(Problem.NOT_AUTHENTICATED))
        .hasMessageContaining("AADSTS7000215")
        .hasMessageNotContaining("Trace ID")
        .matches(e -> e.hint().orElse("").contains("az login"));
  }

  @Test
  void aCertificateInEitherFormat() throws Exception {
    TestAuthority.Issued issued = ClientCertificates.issue(server);
    variables.remove("AZURE_CLIENT_SECRET");
    variables.put("AZURE_CLIENT_CERTIFICATE_PATH", "principal.pem");
    Files.writeString(home.resolve("principal.pem"), issued.keyPem() + issued.certificatePem());
    read();

    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "marked-password".toCharArray();
    store.setKeyEntry(
        "k",
        ClientCertificates.KEYS.getPrivate(),
        password,
        new Certificate[] {issued.certificate()});
    try (OutputStream out = Files.newOutputStream(home.resolve("principal.pfx"))) {
      store.store(out, password);
    }
    variables.put("AZURE_CLIENT_CERTIFICATE_PATH", "principal.pfx");
    variables.put("AZURE_CLIENT_CERTIFICATE_PASSWORD", "marked-password");
    read();

    variables.put("AZURE_CLIENT_CERTIFICATE_PASSWORD", "marked-other");
    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("principal.pfx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no PEM, marked",
        "-----BEGIN PRIVATE KEY-----\nbWFya2Vk\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nbWFya2Vk\n-----END CERTIFICATE-----\n",
        "0\u0003marked"
      })
  void filesThatAreNoCertificatesShowNothingOfThem(String content) throws Exception {
    variables.remove("AZURE_CLIENT_SECRET");
    variables.put("AZURE_CLIENT_CERTIFICATE_PATH", "principal.pem");
    Files.writeString(home.resolve("principal.pem"), content);

    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("principal.pem");
  }

  @Test
  void anotherPrincipalsCertificate() throws Exception {
    ClientCertificates.issue(server);
    server.entra().trust(AzureKmsBench.AUTHORITY.certificate());
    variables.remove("AZURE_CLIENT_SECRET");
    variables.put("AZURE_CLIENT_CERTIFICATE_PATH", "principal.pem");
    TestAuthority.Issued issued =
        AzureKmsBench.AUTHORITY.issueClient("principal", ClientCertificates.KEYS);
    Files.writeString(home.resolve("principal.pem"), issued.keyPem() + issued.certificatePem());

    refusal(Problem.NOT_AUTHENTICATED);
  }

  @Test
  void aClockThatIsWrong() throws Exception {
    TestAuthority.Issued issued = ClientCertificates.issue(server);
    server.entra().findClockWrong();
    variables.remove("AZURE_CLIENT_SECRET");
    variables.put("AZURE_CLIENT_CERTIFICATE_PATH", "principal.pem");
    Files.writeString(home.resolve("principal.pem"), issued.keyPem() + issued.certificatePem());

    assertThat(refusal(Problem.CLOCK_SKEW)).hasMessageContaining("valid time range");
  }

  @Test
  void aWorkloadsToken() throws Exception {
    server.entra().federate(ASSERTION);
    variables.remove("AZURE_CLIENT_SECRET");
    variables.put("AZURE_FEDERATED_TOKEN_FILE", "token");
    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("AZURE_FEDERATED_TOKEN_FILE");

    Files.writeString(home.resolve("token"), ASSERTION + "\n");
    read();
    Files.writeString(home.resolve("token"), "eyJ.marked-old.x");
    assertThat(refusal(Problem.NOT_AUTHENTICATED)).hasMessageContaining("AADSTS70021");
  }

  @ParameterizedTest
  @CsvSource({"AZURE_TENANT_ID, ''", "AZURE_CLIENT_ID, ''", "AZURE_TENANT_ID, a/b"})
  void aPrincipalIsWhole(String variable, String value) {
    variables.put(variable, value);

    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining(variable);
  }

  @Test
  void theVaultsTenantHasToBeThePrincipalsOrAllowed() throws Exception {
    String other = "00000000-0000-0000-0000-00000000000a";
    variables.put("AZURE_TENANT_ID", other);
    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining(EntraServer.TENANT);
    assertThat(server.entra().grants()).isZero();

    variables.put("AZURE_ADDITIONALLY_ALLOWED_TENANTS", "x;" + EntraServer.TENANT);
    read();
  }

  @Test
  void theMachine() throws Exception {
    forgetThePrincipal();
    variables.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.entra().machineAddress());
    assertThat(refusal(Problem.NOT_AUTHENTICATED)).hasMessageContaining("no Azure credentials");

    server.entra().giveMachineAnIdentity();
    read();
    variables.put("AZURE_CLIENT_ID", EntraServer.CLIENT);
    read();
    variables.put("AZURE_CLIENT_ID", "another");
    refusal(Problem.NOT_AUTHENTICATED);
  }

  @Test
  void theApp() throws Exception {
    forgetThePrincipal();
    server.entra().giveMachineAnIdentity();
    variables.put("IDENTITY_ENDPOINT", server.entra().machineAddress() + "/msi/token");
    assertThat(refusal(Problem.MISCONFIGURED)).hasMessageContaining("Azure Arc");
    variables.put("IDENTITY_HEADER", EntraServer.APP_SECRET);
    read();
    variables.put("IDENTITY_HEADER", "marked-other");
    refusal(Problem.NOT_AUTHENTICATED);
    variables.put("IDENTITY_ENDPOINT", "file:///etc/passwd");
    refusal(Problem.MISCONFIGURED);
  }

  private void program(String name, String script) throws Exception {
    Path folder = Files.createDirectories(home.resolve("bin"));
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    variables.put("PATH", "/no-such:relative::" + folder);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theUsersOfAzuresPrograms() throws Exception {
    forgetThePrincipal();
    program("azd", "echo 'no user is logged in' >&2\nexit 1\n");
    assertThat(refusal(Problem.NOT_AUTHENTICATED)).hasMessageContaining("no Azure credentials");
    assertThat(warnings).containsExactly("azd: no user is logged in");

    program(
        "azd",
        "[ \"$*\" = 'auth token --output json --scope "
            + server.address()
            + "/.default --tenant-id "
            + EntraServer.TENANT
            + "' ] && echo '{\"token\":\""
            + AzureKmsBench.TOKEN
            + "0\"}'\n");
    read();
    program(
        "az",
        "[ \"$*\" = 'account get-access-token --output json --resource "
            + server.address()
            + " --tenant "
            + EntraServer.TENANT
            + "' ] && echo '{\"accessToken\":\""
            + AzureKmsBench.TOKEN
            + "0\",\"tokenType\":\"Bearer\"}'\n");
    Files.delete(home.resolve("bin/azd"));
    read();
    for (String answer :
        new String[] {"no JSON, marked", "{}", "{\"accessToken\":\"marked\\n\"}"}) {
      program("az", "cat <<'E'\n" + answer + "\nE\n");
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(this::read)
          .withMessageNotContaining("marked");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theChoiceOfCredentials() throws Exception {
    program("az", "echo '{\"accessToken\":\"" + AzureKmsBench.TOKEN + "0\"}'\n");
    variables.put("AZURE_CLIENT_SECRET", "marked-wrong");
    refusal(Problem.NOT_AUTHENTICATED);
    for (String choice : new String[] {"dev", "AzureCliCredential"}) {
      variables.put("AZURE_TOKEN_CREDENTIALS", choice);
      read();
    }
    for (String choice : new String[] {"prod", "EnvironmentCredential"}) {
      variables.put("AZURE_TOKEN_CREDENTIALS", choice);
      assertThat(refusal(Problem.NOT_AUTHENTICATED)).hasMessageContaining("AADSTS7000215");
    }
  }

  @Test
  void whereTokensComeFromMayFail() {
    server.entra().failNext(1000);

    assertThat(refusal(Problem.UNREACHABLE)).hasMessageContaining("Microsoft Entra ID");
  }

  @Test
  void nobodyIsThere() {
    variables.put("AZURE_AUTHORITY_HOST", "https://127.0.0.1:9");

    assertThat(refusal(Problem.UNREACHABLE)).hasMessageContaining("no connection");
  }
}
