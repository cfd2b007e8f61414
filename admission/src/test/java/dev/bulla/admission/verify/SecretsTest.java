package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.image.ImageName;
import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins and authorities of validators. */
class SecretsTest {

  @TempDir private Path folder;
  private Path secret;

  @BeforeEach
  void create() throws Exception {
    secret = Files.createDirectories(folder.resolve("my-secret"));
  }

  private CredentialSource read() throws ConfigurationException {
    return new Secrets(folder).read("my-secret");
  }

  private static String user(CredentialSource source, String repository) throws Exception {
    return source.find(Repository.parse(repository)).credentials() instanceof Credentials.Basic b
        ? b.username()
        : "nobody";
  }

  private void yaml(String text) throws Exception {
    Files.writeString(secret.resolve("secret.yaml"), text);
  }

  private void docker(String text) throws Exception {
    Files.writeString(secret.resolve(".dockerconfigjson"), text);
  }

  @Test
  @ConnaisseurRow("U1")
  void oneUserOfOneRegistry() throws Exception {
    yaml("username: me\npassword: p\nregistry: registry.io\n");
    assertThat(user(read(), "registry.io/app")).isEqualTo("me");
    assertThat(user(read(), "registry.io.evil.example/app")).isEqualTo("nobody");
  }

  @Test
  @ConnaisseurRow("U4")
  void severalRegistriesAsDockerHasThem() throws Exception {
    docker(
        "{\"auths\":{\"index.docker.io\":{\"username\":\"hub\",\"password\":\"p\"},"
            + "\"registry.io\":{\"username\":\"whole\",\"password\":\"p\"},"
            + "\"https://other.io/v1/\":{\"username\":\"v1\",\"password\":\"p\"},"
            + "\"registry.io/path\":{\"username\":\"part\",\"password\":\"p\"}}}");
    assertThat(user(read(), "nginx")).isEqualTo("hub");
    assertThat(user(read(), "registry.io/aa")).isEqualTo("whole");
    assertThat(user(read(), "registry.io/path/aa")).isEqualTo("part");
    assertThat(user(read(), "other.io/path/aa")).isEqualTo("v1");
    assertThat(user(read(), "registry.io.evil.example/path/aa")).isEqualTo("nobody");
  }

  @Test
  @ConnaisseurRow("U6")
  void ofBothFilesTheYamlWins() throws Exception {
    yaml("{username: me, password: p, registry: registry.io}");
    docker("{\"auths\":{\"registry.io\":{\"username\":\"docker\",\"password\":\"p\"}}}");
    assertThat(user(read(), "registry.io/app")).isEqualTo("me");
  }

  @Test
  @ConnaisseurRow("U7")
  void withoutARegistryNobodyIsShownThePassword() throws Exception {
    yaml("{username: me, password: p}");
    assertThat(user(read(), "registry.io/app")).isEqualTo("nobody");
  }

  @Test
  @ConnaisseurRow("U8")
  void linksAreFollowedInsideTheFolderAndNotOut() throws Exception {
    Path data = Files.createDirectories(secret.resolve("..2026"));
    Files.writeString(
        data.resolve("secret.yaml"), "{username: me, password: p, registry: registry.io}");
    Files.createSymbolicLink(secret.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(secret.resolve("secret.yaml"), Path.of("..data", "secret.yaml"));
    assertThat(user(read(), "registry.io/app")).isEqualTo("me");

    Files.delete(secret.resolve("secret.yaml"));
    Files.writeString(
        folder.resolve("outside"), "{username: me, password: p, registry: registry.io}");
    Files.createSymbolicLink(secret.resolve("secret.yaml"), folder.resolve("outside"));
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("leads out of its folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ``                                                | error reading authentication file
          username: [me]                                    | error reading authentication file
          {username: me                                     | error reading authentication file
          password: s3cret                                  | a secret has a username and a password
          {username: me, password: s3cret, registry: 'a b'} | unable to parse registry "a b"
          {username: me, password: s3cret, more: x}         | field more not found
          """,
      quoteCharacter = '`')
  @ConnaisseurRow({"U3", "U8", "G27"})
  void aSecretThatIsNoneIsAMistakeAndShowsNothing(String text, String message) throws Exception {
    yaml(text);
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  @ConnaisseurRow({"U8", "G26"})
  void noFileOrNoFolderOrNoNameIsAMistake() throws Exception {
    assertThatThrownBy(this::read).hasMessage("no authentication file for secret my-secret");
    assertThatThrownBy(() -> new Secrets(folder).read("gone"))
        .hasMessage("no authentication file for secret gone");
    for (String name : new String[] {"..", "a/b", "../my-secret", "", "/etc"}) {
      assertThatThrownBy(() -> new Secrets(folder).read(name))
          .as(name)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("the name of a secret is the name of a folder");
    }
    docker("{\"auths\":7}");
    assertThatThrownBy(this::read).hasMessageContaining("error reading authentication file");
  }

  @Test
  @ConnaisseurRow("V13")
  void theLoginOfAValidatorReachesTheRegistry() throws Exception {
    Auth.Bearer auth = Auth.bearer().user("me", "p");
    try (Stage stage = new Stage(EmbeddedRegistry.options().auth(auth), me())) {
      stage.sign("A");
      docker(
          "{\"auths\":{\""
              + stage.registry.host()
              + "\":{\"username\":\"me\",\"password\":\"p\"}}}");
      VerifierOptions options = stage.options().withSecretsDir(folder);
      String with = "{verifyInTransparencyLog: false, trustRoot: A}";
      String login = Stage.config("  auth: {secretName: my-secret}\n", with, "A");
      assertThat(Stage.verify(login, stage.image("v1"), options)).isEqualTo(Stage.IMAGE.digest());
      assertThatThrownBy(
              () -> Stage.verify(Stage.config("", with, "A"), stage.image("v1"), options))
          .hasMessageContaining("UNAUTHORIZED");
      assertThatThrownBy(
              () -> SignatureVerifier.of(Stage.load(login.replace("my-secret", "gone")), options))
          .hasMessage("config.yaml:4: validator v: no authentication file for secret gone");
    }
  }

  private static CredentialSource me() {
    return CredentialSource.always(new Credentials.Basic("me", "p"), "test");
  }

  @Test
  void theAuthorityOfAValidatorIsTrustedForItsRegistry() throws Exception {
    TestAuthority authority = TestAuthority.create("registry authority");
    try (EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options().tls(authority.serverContext("127.0.0.1")))) {
      Stage.IMAGE.pushTo(registry.repository("app"), "v1");
      VerifierOptions options =
          VerifierOptions.in(Map.of()).withInnerRegistries(Set.of(registry.host()));
      String with = "{verifyInTransparencyLog: false, trustRoot: A}";
      String cert = "  cert: |\n" + authority.certificatePem().strip().indent(6);
      ImageName image = ImageName.parse(registry.host() + "/app:v1");
      assertThatThrownBy(() -> Stage.verify(Stage.config(cert, with, "A"), image, options))
          .hasMessageContaining("no signatures found");
      assertThatThrownBy(() -> Stage.verify(Stage.config("", with, "A"), image, options))
          .hasMessageContaining("certificate is not trusted");
    }
  }

  @ParameterizedTest(name = "{0}: {1} gets {2}")
  @CsvSource({
    "registry.io/repo, registry.io/repo/app, me",
    "registry.io/repo, registry.io/other/app, nobody",
    "registry.io/, registry.io/app, me",
    "https://registry.io/repo, registry.io/repo/app, me",
    "https://registry.io/repo, registry.io/repository/app, nobody",
    "http://index.docker.io/v1/, nginx, me",
    "docker.io, team/app, me"
  })
  @ConnaisseurRow("I20")
  void registriesAreSpelledInMoreWaysThanOne(String registry, String repository, String user)
      throws Exception {
    yaml("{username: me, password: p, registry: '" + registry + "'}");
    assertThat(user(read(), repository)).isEqualTo(user);
    Files.delete(secret.resolve("secret.yaml"));
    docker("{\"auths\":{\"" + registry + "\":{\"username\":\"me\",\"password\":\"p\"}}}");
    assertThat(user(read(), repository)).isEqualTo(user);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "registry.io/Re po", "*.registry.io", "", "https://"})
  @ConnaisseurRow({"I20", "G27", "U8"})
  void aRegistryThatIsNoneIsAMistakeInEitherFile(String registry) throws Exception {
    docker("{\"auths\":{\"" + registry + "\":{\"username\":\"me\",\"password\":\"s3cret\"}}}");
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unable to parse registry \"" + registry + "\"")
        .hasMessageNotContaining("s3cret");
    if (!registry.isEmpty()) {
      yaml("{username: me, password: s3cret, registry: '" + registry + "'}");
      assertThatThrownBy(this::read).hasMessageContaining("unable to parse registry");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"auths\":7}",
        "{\"auths\":{\"registry.io\":7}}",
        "{\"auths\":{\"registry.io\":{\"auth\":\"bm9ib2R5\"}}}"
      })
  @ConnaisseurRow({"U3", "U8", "G27"})
  void aDockerFileThatIsNoneIsAMistake(String text) throws Exception {
    docker(text);
    assertThatThrownBy(this::read)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("error reading authentication file");
  }
}
