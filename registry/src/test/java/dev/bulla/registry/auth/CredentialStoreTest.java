package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.oci.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class CredentialStoreTest {

  private static final Credentials.Basic CI = new Credentials.Basic("ci", "hunter2");

  @TempDir Path home;

  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void setPath() {
    variables.put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
    variables.put("HOME", home.toString());
  }

  private RegistryEnvironment environment() {
    return new RegistryEnvironment(variables, home);
  }

  private CredentialStore store() {
    return CredentialStore.ofDocker(environment());
  }

  private Path config() {
    return home.resolve(".docker/config.json");
  }

  private void config(String json) throws Exception {
    Files.createDirectories(config().getParent());
    Files.writeString(config(), json);
  }

  private JsonObject written() throws Exception {
    return JsonParser.parseObject(Bytes.of(Files.readAllBytes(config())), "config");
  }

  private Credentials find(String repository) throws Exception {
    return StoredCredentials.in(environment()).find(Repository.parse(repository)).credentials();
  }

  /** Keeps what it is told in files of its own folder. */
  private void helper(String name) throws Exception {
    Files.createDirectories(home.resolve("bin"));
    Path file = home.resolve("bin/docker-credential-" + name);
    Files.writeString(
        file,
        """
        #!/bin/sh
        kept="$HOME/kept"
        case $1 in
          store) cat >"$kept" ;;
          get) cat >/dev/null; cat "$kept" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
          erase) cat >/dev/null; rm "$kept" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
        esac
        """);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void whatIsSavedIsFound() throws Exception {
    assertThat(store().save("r.example:5000", CI)).isEmpty();
    assertThat(find("r.example:5000/app")).isEqualTo(CI);
    assertThat(find("r.example/app")).isEqualTo(Credentials.ANONYMOUS);
    assertThat(Files.readString(config()))
        .isEqualTo(
            """
            {
              "auths": {
                "r.example:5000": {
                  "auth": "Y2k6aHVudGVyMg=="
                }
              }
            }
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io", "index.docker.io", "registry-1.docker.io"})
  void dockerHubIsKeptUnderItsOldName(String spelling) throws Exception {
    store().save(spelling, CI);
    assertThat(Files.readString(config())).contains("\"https://index.docker.io/v1/\"");
    assertThat(find("alpine")).isEqualTo(CI);
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    store().save("r.example", CI);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config().getParent())))
        .isEqualTo("rwx------");
    config("{}");
    Files.setPosixFilePermissions(config(), PosixFilePermissions.fromString("rw-r--r--"));
    store().save("r.example", CI);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config())))
        .isEqualTo("rw-------");
  }

  @Test
  void everythingElseStays() throws Exception {
    String others =
        "\"HttpHeaders\":{\"X\":\"y\"},\"plugins\":{\"a\":{\"n\":1.50}},\"currentContext\":\"c\"";
    config(
        "{"
            + others
            + ",\"auths\":{\"a.example\":{\"auth\":\"dTpw\",\"email\":\"x\"},"
            + "\"r.example/team\":{\"auth\":\"dTpw\"}}}");
    store().save("r.example", CI);
    assertThat(written())
        .isEqualTo(
            JsonParser.parseObject(
                Bytes.utf8(
                    "{"
                        + others
                        + ",\"auths\":{\"a.example\":{\"auth\":\"dTpw\",\"email\":\"x\"},"
                        + "\"r.example/team\":{\"auth\":\"dTpw\"},"
                        + "\"r.example\":{\"auth\":\"Y2k6aHVudGVyMg==\"}}}"),
                "expected"));
    assertThat(store().erase("r.example")).isTrue();
    assertThat(find("r.example/app")).isEqualTo(Credentials.ANONYMOUS);
    assertThat(find("r.example/team/app")).isEqualTo(new Credentials.Basic("u", "p"));
    assertThat(find("a.example/app")).isEqualTo(new Credentials.Basic("u", "p"));
  }

  @Test
  void everySpellingOfTheServerIsReplaced() throws Exception {
    config(
        "{\"auths\":{\"https://r.example/v1/\":{\"auth\":\"dTpw\"},"
            + "\"R.example:443\":{\"identitytoken\":\"old\"}}}");
    store().save("r.example", CI);
    assertThat(find("r.example/app")).isEqualTo(CI);
    assertThat(Files.readString(config())).doesNotContain("dTpw", "old");
  }

  @Test
  void aLinkStaysALink() throws Exception {
    Path real = Files.writeString(home.resolve("dotfiles.json"), "{\"a\":1}");
    Files.createDirectories(config().getParent());
    Files.createSymbolicLink(config(), real);
    store().save("r.example", CI);
    assertThat(config()).isSymbolicLink();
    assertThat(Files.readString(real)).contains("\"a\": 1", "r.example");
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    store().save("r.example", CI);
    store().save("r.example", CI);
    try (Stream<Path> files = Files.list(config().getParent())) {
      assertThat(files).containsExactly(config());
    }
  }

  @Test
  void aFileThatCannotBeReadIsNotReplaced() throws Exception {
    config("not json");
    assertThatThrownBy(() -> store().save("r.example", CI))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(config().toString())
        .hasMessageNotContaining("hunter2");
    assertThat(Files.readString(config())).isEqualTo("not json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"credsStore\":\"test\"}", "{\"credHelpers\":{\"r.example\":\"test\"}}"})
  void whereThereIsAHelperTheFileHoldsNoSecret(String json) throws Exception {
    helper("test");
    config(json);
    assertThat(store().save("r.example", CI)).isEqualTo(Optional.of("docker-credential-test"));
    assertThat(Files.readString(config())).contains("\"r.example\": {}").doesNotContain("Y2k6");
    assertThat(Files.readString(home.resolve("kept")))
        .isEqualTo("{\"ServerURL\":\"r.example\",\"Username\":\"ci\",\"Secret\":\"hunter2\"}");
    assertThat(find("r.example/app")).isEqualTo(CI);
    assertThat(store().erase("r.example")).isTrue();
    assertThat(home.resolve("kept")).doesNotExist();
    assertThat(find("r.example/app")).isEqualTo(Credentials.ANONYMOUS);
    assertThat(store().erase("r.example")).isFalse();
  }

  @Test
  void aHelperThatFailsKeepsTheFileAsItWas() throws Exception {
    config("{\"credsStore\":\"missing\"}");
    assertThatThrownBy(() -> store().save("r.example", CI))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("docker-credential-missing")
        .hasMessageNotContaining("hunter2");
    assertThat(Files.readString(config())).isEqualTo("{\"credsStore\":\"missing\"}");
  }

  @Test
  void erasingWhereNothingIsWritesNothing() throws Exception {
    assertThat(store().erase("r.example")).isFalse();
    assertThat(config()).doesNotExist();
    config("{\"auths\":{}}");
    assertThat(store().erase("r.example")).isFalse();
    assertThat(Files.readString(config())).isEqualTo("{\"auths\":{}}");
  }

  @Test
  void anotherFileMayBeNamed() throws Exception {
    Path auth = home.resolve("run/auth.json");
    CredentialStore.in(auth, environment()).save("r.example", CI);
    assertThat(auth).exists();
    assertThat(config()).doesNotExist();
    variables.put("REGISTRY_AUTH_FILE", auth.toString());
    assertThat(find("r.example/app")).isEqualTo(CI);
  }
}
