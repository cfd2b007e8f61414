package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class CredentialHelperTest {

  @TempDir Path home;

  private final Map<String, String> variables = new HashMap<>();
  private Path bin;

  @BeforeEach
  void makeFolders() throws Exception {
    bin = Files.createDirectory(home.resolve("bin"));
    Files.createDirectory(home.resolve(".docker"));
    variables.put("PATH", bin + ":/usr/bin:/bin");
    variables.put("HOME", home.toString());
  }

  private void helper(String name, String script) throws Exception {
    Path file = bin.resolve("docker-credential-" + name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void config(String json) throws Exception {
    Files.writeString(home.resolve(".docker/config.json"), json);
  }

  private StoredCredentials stored(Duration timeout) {
    return StoredCredentials.in(new RegistryEnvironment(variables, home), timeout);
  }

  private CredentialAnswer find(String repository) throws Exception {
    return stored(Duration.ofSeconds(30)).find(Repository.parse(repository));
  }

  @Test
  void asksTheStoreForTheServer() throws Exception {
    helper(
        "test",
        """
        [ "$1" = get ] || exit 9
        read -r server || true
        printf '{"ServerURL":"%s","Username":"%s","Secret":"s"}' x "$server"
        """);
    config("{\"credsStore\":\"test\"}");
    CredentialAnswer found = find("r.example:5000/app");
    assertThat(found.credentials()).isEqualTo(new Credentials.Basic("r.example:5000", "s"));
    assertThat(found.source()).contains("docker-credential-test");
    assertThat(find("alpine").credentials())
        .isEqualTo(new Credentials.Basic("https://index.docker.io/v1/", "s"));
  }

  @Test
  void theServersOwnHelperComesFirst() throws Exception {
    helper("general", "cat >/dev/null; echo '{\"Username\":\"general\",\"Secret\":\"1\"}'");
    helper("special", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"2\"}'");
    config("{\"credsStore\":\"general\",\"credHelpers\":{\"special.example\":\"special\"}}");
    assertThat(find("special.example/app").credentials())
        .isEqualTo(new Credentials.IdentityToken("2"));
    assertThat(find("other.example/app").credentials())
        .isEqualTo(new Credentials.Basic("general", "1"));
  }

  @Test
  void whatTheHelperDoesNotKnowMayStandInTheFile() throws Exception {
    helper("test", "cat >/dev/null; echo 'credentials not found in native keychain'; exit 1");
    config("{\"credsStore\":\"test\",\"auths\":{\"r.example\":{\"auth\":\"dTpw\"}}}");
    assertThat(find("r.example/app").credentials()).isEqualTo(new Credentials.Basic("u", "p"));
    assertThat(find("other.example/app").isAnonymous()).isTrue();
  }

  @Test
  void isNamedWhenTheSearchIsExplained() throws Exception {
    helper("test", "cat >/dev/null; echo '{\"Username\":\"u\",\"Secret\":\"hunter2\"}'");
    config("{\"credsStore\":\"test\"}");
    List<LookedAt> trail =
        stored(Duration.ofSeconds(30)).explain(Repository.parse("r.example/app"));
    assertThat(trail.get(0).place())
        .isEqualTo("helper docker-credential-test named in " + home.resolve(".docker/config.json"));
    assertThat(trail.get(0).finding()).isEqualTo(LookedAt.Finding.FOUND);
    assertThat(trail.toString()).doesNotContain("hunter2");
  }

  @Test
  void seesNoneOfOurSecrets() throws Exception {
    helper(
        "test",
        "cat >/dev/null; env | cut -d= -f1 | sort | tr '\\n' ' ' >"
            + home.resolve("seen")
            + "; echo '{\"Username\":\"u\",\"Secret\":\"p\"}'");
    for (String name :
        new String[] {
          "COSIGN_PASSWORD",
          "BULLA_PASSWORD",
          "GITHUB_TOKEN",
          "SIGSTORE_ID_TOKEN",
          "VAULT_TOKEN",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
          "COSIGN_PKCS11_PIN",
          "SOMETHING_NEW"
        }) {
      variables.put(name, "secret");
    }
    variables.put("DISPLAY", ":0");
    config("{\"credsStore\":\"test\"}");
    find("r.example/app");
    String seen = Files.readString(home.resolve("seen"));
    assertThat(seen).contains("DISPLAY", "HOME", "PATH");
    assertThat(seen).doesNotContain("PASSWORD", "TOKEN", "SECRET", "PIN", "SOMETHING");
  }

  @Test
  void aCloudsHelperSeesThatCloudsVariables() throws Exception {
    helper(
        "ecr-login",
        "cat >/dev/null; printf '{\"Username\":\"AWS\",\"Secret\":\"%s\"}'"
            + " \"$AWS_PROFILE$VAULT_TOKEN\"");
    variables.put("AWS_PROFILE", "ci");
    variables.put("VAULT_TOKEN", "secret");
    config("{\"credHelpers\":{\"r.example\":\"ecr-login\"}}");
    assertThat(find("r.example/app").credentials()).isEqualTo(new Credentials.Basic("AWS", "ci"));
  }

  @Test
  void aHelperThatHangsIsEnded() throws Exception {
    helper("test", "sleep 600 & sleep 600");
    config("{\"credsStore\":\"test\"}");
    assertThatThrownBy(() -> stored(Duration.ofMillis(300)).find(Repository.parse("r.example/app")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("docker-credential-test gave no answer");
  }

  @Test
  void aMissingHelperIsNamed() throws Exception {
    config("{\"credsStore\":\"desktop\"}");
    assertThatThrownBy(() -> find("r.example/app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("docker-credential-desktop is not on the PATH");
  }

  @Test
  void aHelperInTheCurrentFolderIsNotRun() throws Exception {
    helper("test", "echo '{\"Username\":\"u\",\"Secret\":\"p\"}'");
    variables.put("PATH", ":.:bin:" + Path.of("").toAbsolutePath().relativize(bin));
    config("{\"credsStore\":\"test\"}");
    assertThatThrownBy(() -> find("r.example/app")).isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", "..", "-x", "a b", "x;y", "\u0001", "a\\b"})
  void namesAreNames(String name) throws Exception {
    config("{\"credsStore\":\"" + name.replace("\\", "\\\\").replace("\u0001", "\\u0001") + "\"}");
    assertThatThrownBy(() -> find("r.example/app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("not a name of a credential helper");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'Secret: hunter2'",
        "echo '{\"Username\":\"u\",\"Secret\":hunter2}'",
        "echo '[\"hunter2\"]'",
        "head -c 3000000 /dev/zero",
        "echo"
      })
  void answersThatCannotBeReadAreErrorsWithoutTheSecret(String script) throws Exception {
    helper("test", "cat >/dev/null; " + script);
    config("{\"credsStore\":\"test\"}");
    assertThatThrownBy(() -> find("r.example/app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("docker-credential-test")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aFailureSaysWhatTheHelperSaid() throws Exception {
    helper("test", "cat >/dev/null; printf 'keychain \\033[31mlocked'; exit 3");
    config("{\"credsStore\":\"test\"}");
    assertThatThrownBy(() -> find("r.example/app"))
        .hasMessageContaining("says \"keychain \\u{1b}[31mlocked\"");
  }

  @Test
  void asksOnceForOneServer() throws Exception {
    helper(
        "test",
        "cat >/dev/null; echo x >>"
            + home.resolve("asked")
            + "; echo '{\"Username\":\"u\",\"Secret\":\"p\"}'");
    config("{\"credsStore\":\"test\"}");
    StoredCredentials stored = stored(Duration.ofSeconds(30));
    stored.find(Repository.parse("r.example/app"));
    stored.find(Repository.parse("r.example/app2"));
    assertThat(Files.readAllLines(home.resolve("asked"))).hasSize(1);
  }
}
