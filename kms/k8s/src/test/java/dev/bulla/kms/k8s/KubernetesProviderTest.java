package dev.bulla.kms.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.key.Password;
import dev.bulla.key.Pem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.KubernetesServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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

/** The provider against the double of an API server. */
class KubernetesProviderTest {

  private static final String TOKEN = "marked-token-93be51";
  private static final Bytes PRIVATE_KEY = Bytes.utf8("marked-private-key-03c4");
  private static final Bytes PUBLIC_KEY = Bytes.utf8("a public key");
  private static final String REFERENCE = "k8s://signing/release";

  @TempDir Path folder;

  private final List<String> lines = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private KubernetesServer server;

  @BeforeEach
  void start() throws IOException {
    server = KubernetesServer.start("Bearer " + TOKEN, "v1.32.0");
    environment.put("KUBECONFIG", "config");
    config("config", server.address(), "token: " + TOKEN);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void config(String file, String address, String user, String... cluster)
      throws IOException {
    Files.writeString(
        folder.resolve(file),
        """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - name: here
          context: {cluster: c, user: u}
        clusters:
        - name: c
          cluster:
            server: %s
            %s
        users:
        - name: u
          user:
            %s
        """
            .formatted(address, String.join("\n    ", cluster), user.replace("\n", "\n    ")));
  }

  private StoredKeys open(String reference) throws KeyException {
    return new KubernetesProvider(folder.resolve("account"))
        .open(
            reference,
            new KmsContext(
                name -> Optional.ofNullable(environment.get(name)),
                folder,
                Duration.ofSeconds(20),
                warnings::add));
  }

  private void store() throws KeyException {
    try (StoredKeys keys = open(REFERENCE);
        Password password = Password.ofText("pw")) {
      keys.store(PRIVATE_KEY, password, PUBLIC_KEY, lines::add);
    }
  }

  /** The failure, once it is sure that it shows no secret. */
  private KeyException failure(String reference) {
    KeyException[] seen = new KeyException[1];
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> {
          try (StoredKeys keys = open(reference)) {
            keys.publicKey();
          }
        })
        .satisfies(e -> seen[0] = e);
    StringWriter all = new StringWriter();
    seen[0].printStackTrace(new PrintWriter(all));
    assertThat(all + seen[0].hint().orElse("") + warnings).doesNotContain("marked-");
    return seen[0];
  }

  private void expectStored() throws KeyException {
    try (StoredKeys keys = open(REFERENCE);
        Password password = keys.password()) {
      assertThat(keys.privateKey()).isEqualTo(PRIVATE_KEY);
      assertThat(keys.publicKey()).isEqualTo(PUBLIC_KEY);
      assertThat(password.copyBytes()).containsExactly('p', 'w');
    }
  }

  @Test
  void storesAPairAsCosignDoesAndReadsItBack() throws Exception {
    store();

    assertThat(lines).containsExactly("Successfully created secret release in namespace signing");
    JsonObject secret = server.secret("signing", "release").orElseThrow();
    assertThat(GoJson.write(secret).toUtf8String("secret"))
        .contains("\"type\":\"Opaque\",\"immutable\":true")
        .contains("\"cosign.password\":\"cHc=\"")
        .contains("\"cosign.pub\":\"YSBwdWJsaWMga2V5\"");
    expectStored();
  }

  @ParameterizedTest
  @CsvSource({
    "v1.20.15, false",
    "v1.21.0, true",
    "v1.32.1+k3s1, true",
    "v2.0.0, true",
    "1.30, true"
  })
  void isImmutableWhereTheServerKnowsIt(String version, boolean immutable) throws Exception {
    try (KubernetesServer other = KubernetesServer.start("Bearer " + TOKEN, version)) {
      config("config", other.address(), "token: " + TOKEN);
      store();
      assertThat(other.secret("signing", "release").orElseThrow().get("immutable").isPresent())
          .isEqualTo(immutable);
    }
  }

  @Test
  void askingForThePairIsOneRequest() throws Exception {
    store();
    int before = server.requests();
    expectStored();
    assertThat(server.requests() - before).isEqualTo(1);
  }

  @Test
  void aSecretWithOtherMembersKeepsThem() throws Exception {
    server.put("signing", "release", "other", Bytes.utf8("x"));
    store();

    assertThat(GoJson.write(server.secret("signing", "release").orElseThrow()).toUtf8String("s"))
        .contains("\"other\":\"eA==\"");
    expectStored();
  }

  @Test
  void aPairThatIsThereStaysAsItIs() throws Exception {
    store();
    JsonObject before = server.secret("signing", "release").orElseThrow();

    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(this::store)
        .withMessageStartingWith("updating secret release in ns signing: ")
        .withMessageContaining("holds a key pair already");
    assertThat(server.secret("signing", "release")).contains(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k8s://",
        "k8s://a",
        "k8s://a/",
        "k8s:///b",
        "k8s://a/b/c",
        "k8s://A/b",
        "k8s://a/..",
        "k8s://a/b?x",
        "k8s://../b",
        "k8s://a/%2e"
      })
  void otherTextIsNoSecret(String reference) {
    assertThat(failure(reference))
        .hasMessage("kubernetes specification should be in the format k8s://<namespace>/<secret>");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(failure(REFERENCE))
        .hasMessageStartingWith("checking if secret exists: ")
        .hasMessageContaining("secrets \"release\" not found in namespace signing")
        .matches(e -> e.problem() == Problem.NOT_FOUND);

    server.put("signing", "release", "cosign.key", Bytes.utf8("x"));
    assertThat(failure(REFERENCE))
        .hasMessageContaining("the secret has no cosign.pub")
        .matches(e -> e.problem() == Problem.WRONG_KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_PERMITTED, NOT_PERMITTED, not permitted: get on secrets in namespace signing",
    "THROTTLED, THROTTLED, too many requests",
    "SERVER_ERROR, UNREACHABLE, HTTP 500"
  })
  void saysWhyTheServerDoesNotHelp(KmsFault fault, Problem problem, String message) {
    server.fail(fault, 100);

    assertThat(failure(REFERENCE))
        .hasMessageContaining(message)
        .matches(e -> e.problem() == problem);
  }

  @Test
  void aServerThatFailsNowAndThenIsAskedAgain() throws Exception {
    store();
    server.fail(KmsFault.SERVER_ERROR, 2);
    expectStored();
  }

  @Test
  void anotherTokenIsNotKnown() throws Exception {
    config("config", server.address(), "token: marked-other");

    assertThat(failure(REFERENCE)).matches(e -> e.problem() == Problem.NOT_AUTHENTICATED);
  }

  @Test
  void mergesTheFilesOfKubeconfig() throws Exception {
    Files.writeString(
        folder.resolve("first"),
        "current-context: here\nusers:\n- name: u\n  user: {token: " + TOKEN + "}\n");
    config("second", server.address(), "token: marked-other");
    environment.put("KUBECONFIG", "first:missing:" + folder.resolve("second"));
    store();
    expectStored();
  }

  @Test
  void readsTheFileInTheHomeFolder() throws Exception {
    Files.createDirectory(folder.resolve(".kube"));
    config(".kube/config", server.address(), "tokenFile: token");
    Files.writeString(folder.resolve(".kube/token"), TOKEN + "\n");
    environment.remove("KUBECONFIG");
    environment.put("HOME", folder.toString());
    store();
    expectStored();
  }

  @Test
  void believesTheAuthorityOfTheClusterAndNoOther() throws Exception {
    TestAuthority authority = TestAuthority.create("cluster");
    try (KubernetesServer secured =
        KubernetesServer.startTls(
            "Bearer " + TOKEN, "v1.32.0", authority.context(authority.issueServer("127.0.0.1")))) {
      Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
      config("config", secured.address(), "token: " + TOKEN, "certificate-authority: ca.pem");
      store();
      expectStored();

      config("config", secured.address(), "token: " + TOKEN);
      assertThat(failure(REFERENCE)).matches(e -> e.problem() == Problem.UNREACHABLE);

      config("config", secured.address(), "token: " + TOKEN, "insecure-skip-tls-verify: true");
      expectStored();
      assertThat(warnings).anyMatch(line -> line.contains("insecure-skip-tls-verify"));
    }
  }

  @Test
  void showsAClientCertificate() throws Exception {
    TestAuthority authority = TestAuthority.create("cluster");
    TestAuthority.Issued client = authority.issueClient("signer");
    try (KubernetesServer secured =
        KubernetesServer.startTls(
            "", "v1.32.0", authority.context(authority.issueServer("127.0.0.1")))) {
      Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
      Files.writeString(folder.resolve("client.pem"), client.certificatePem());
      Files.writeString(folder.resolve("client.key"), client.keyPem());
      config(
          "config",
          secured.address(),
          "client-certificate: client.pem\nclient-key: client.key",
          "certificate-authority: ca.pem");
      store();
      expectStored();

      Files.writeString(folder.resolve("client.key"), inSec1(client.keyPem()));
      expectStored();

      Files.writeString(folder.resolve("client.key"), "marked-");
      assertThat(failure(REFERENCE))
          .hasMessageContaining("client-certificate and client-key")
          .matches(e -> e.problem() == Problem.MISCONFIGURED);
    }
  }

  /** The form of the keys that small clusters write: what PKCS #8 wraps. */
  private static String inSec1(String pkcs8) throws Exception {
    Bytes der = Pem.parseFirst(Bytes.utf8(pkcs8), "key").content();
    byte[] bytes = der.toByteArray();
    int start = 2 + 3 + 2 + bytes[6] + 2; // outer header, version, algorithm, octet string's header
    return new Pem("EC PRIVATE KEY", Bytes.of(bytes, start, bytes.length))
        .print()
        .toUtf8String("key");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void asksACredentialPlugin() throws Exception {
    plugin(
        "printf '%s' \"$KUBERNETES_EXEC_INFO\" > info; echo hello >&2",
        "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
            + "\"status\":{\"token\":\"%s%s\"}}' \"$1\" \"$REST\"");
    store();
    expectStored();
    assertThat(Files.readString(folder.resolve("info")))
        .isEqualTo(
            "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                + "\"spec\":{\"interactive\":false}}");
    assertThat(warnings).contains("credential plugin: hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exit 1",
        "echo marked-nonsense",
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'",
        "echo '{\"kind\":\"Other\",\"status\":{\"token\":\"marked-t\"}}'"
      })
  @DisabledOnOs(OS.WINDOWS)
  void aCredentialPluginThatFailsIsNamed(String line) throws Exception {
    plugin(line);

    assertThat(failure(REFERENCE))
        .hasMessageStartingWith("the credential plugin ./plugin of the kubeconfig: ")
        .matches(e -> e.problem() == Problem.NOT_AUTHENTICATED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: \"./a\\0b\"}",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{name: \"A=B\"}]}",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: \"a\\0b\"}]}",
        "tokenFile: \"a\\0b\""
      })
  void aNameThatIsNoneIsAMistakeInTheConfiguration(String user) throws Exception {
    config("config", server.address(), user);

    assertThat(failure(REFERENCE))
        .hasMessageStartingWith("the kubeconfig cannot be used: ")
        .matches(e -> e.problem() == Problem.MISCONFIGURED);
  }

  private void plugin(String... script) throws IOException {
    Path program = folder.resolve("plugin");
    Files.writeString(program, "#!/bin/sh\n" + String.join("\n", script) + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    config(
        "config",
        server.address(),
        """
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: ./plugin
          args: ["%s"]
          env: [{name: REST, value: "%s"}]
          interactiveMode: Never\
        """
            .formatted(TOKEN.substring(0, 8), TOKEN.substring(8)));
  }

  @Test
  void aPodUsesItsServiceAccount() throws Exception {
    TestAuthority authority = TestAuthority.create("cluster");
    environment.remove("KUBECONFIG");
    assertThat(failure(REFERENCE))
        .hasMessageStartingWith("error creating REST client config in-cluster: ");
    try (KubernetesServer secured =
        KubernetesServer.startTls(
            "Bearer " + TOKEN, "v1.32.0", authority.context(authority.issueServer("127.0.0.1")))) {
      Path account = Files.createDirectory(folder.resolve("account"));
      Files.writeString(account.resolve("token"), TOKEN);
      Files.writeString(account.resolve("ca.crt"), authority.certificatePem());
      environment.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
      environment.put("KUBERNETES_SERVICE_PORT", secured.address().replaceAll(".*:", ""));
      store();
      expectStored();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "text",
        "a: 1\na: 2",
        "current-context: nowhere",
        "current-context: [x]",
        "current-context: !!java.net.URL [x]",
        "? - *x"
      })
  void aFileThatIsNoConfigurationIsRefused(String text) throws Exception {
    Files.writeString(folder.resolve("config"), text);

    assertThat(failure(REFERENCE))
        .hasMessageStartingWith("the kubeconfig cannot be used: ")
        .matches(e -> e.problem() == Problem.MISCONFIGURED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"auth-provider: {name: gcp}", "as: somebody", "client-certificate-data: QQ=="})
  void whatIsNotSupportedIsNotIgnored(String user) throws Exception {
    config("config", server.address(), user);

    assertThat(failure(REFERENCE)).matches(e -> e.problem() == Problem.MISCONFIGURED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://kubernetes.example:6443", "https://marked-u@kubernetes.example", "ftp://127.0.0.1",
        "https://", "kubernetes.example", "http:///"
      })
  void credentialsTravelOverTlsOnly(String address) throws Exception {
    config("config", address, "token: " + TOKEN);

    assertThat(failure(REFERENCE))
        .hasMessageContaining("the cluster's server is not an address of https://")
        .matches(e -> e.problem() == Problem.MISCONFIGURED);
  }
}
