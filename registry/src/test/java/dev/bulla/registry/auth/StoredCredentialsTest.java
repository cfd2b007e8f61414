package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.LookedAt.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredCredentialsTest {

  @TempDir Path home;

  private final Map<String, String> variables = new HashMap<>();

  private CredentialAnswer find(String repository) throws Exception {
    return StoredCredentials.in(new RegistryEnvironment(variables, home))
        .find(Repository.parse(repository));
  }

  private Path write(String path, String content) throws Exception {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private Path docker(String content) throws Exception {
    return write(".docker/config.json", content);
  }

  private static String auth(String user, String password) {
    return Base64Text.encode(Bytes.utf8(user + ":" + password));
  }

  private static Credentials basic(String user, String password) {
    return new Credentials.Basic(user, password);
  }

  @Test
  void nothingStoredIsAnonymous() throws Exception {
    assertThat(find("registry.example/app").isAnonymous()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example",
        "REGISTRY.example",
        "https://registry.example",
        "http://registry.example",
        "https://registry.example/",
        "https://registry.example/v1/",
        "https://registry.example/v2/",
        "https://registry.example/some/path",
        "registry.example/v2",
        "registry.example:443",
        "registry.example/team",
        "registry.example/team/app"
      })
  void findsTheEntryHoweverItsServerIsSpelled(String key) throws Exception {
    docker("{\"auths\":{\"" + key + "\":{\"auth\":\"" + auth("u", "p:w") + "\"}}}");
    CredentialAnswer found = find("registry.example/team/app");
    assertThat(found.credentials()).isEqualTo(basic("u", "p:w"));
    assertThat(found.source()).endsWith("config.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example.evil",
        "evil.registry.example",
        "registry.example:5000",
        "registry.example/tea",
        "registry.example/team/app2",
        "example",
        "https://other.example"
      })
  void doesNotTakeAnotherServersEntry(String key) throws Exception {
    docker("{\"auths\":{\"" + key + "\":{\"auth\":\"" + auth("u", "p") + "\"}}}");
    assertThat(find("registry.example/team/app").isAnonymous()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://index.docker.io/v1/",
        "index.docker.io",
        "docker.io",
        "https://docker.io/",
        "registry-1.docker.io",
        "https://registry-1.docker.io/v2/",
        "https://index.docker.io"
      })
  void knowsAllSpellingsOfDockerHub(String key) throws Exception {
    docker("{\"auths\":{\"" + key + "\":{\"auth\":\"" + auth("hub", "pw") + "\"}}}");
    assertThat(find("alpine").credentials()).isEqualTo(basic("hub", "pw"));
    assertThat(find("docker.io/library/alpine").credentials()).isEqualTo(basic("hub", "pw"));
    assertThat(find("index.docker.io/acme/app").credentials()).isEqualTo(basic("hub", "pw"));
  }

  @Test
  void aPortBelongsToTheServer() throws Exception {
    docker(
        "{\"auths\":{\"localhost:5000\":{\"auth\":\""
            + auth("a", "1")
            + "\"},\"localhost:5001\":{\"auth\":\""
            + auth("b", "2")
            + "\"}}}");
    assertThat(find("localhost:5001/app").credentials()).isEqualTo(basic("b", "2"));
    assertThat(find("localhost:5000/app").credentials()).isEqualTo(basic("a", "1"));
    assertThat(find("localhost:5002/app").isAnonymous()).isTrue();
  }

  @Test
  void theLongestNamespaceWins() throws Exception {
    docker(
        "{\"auths\":{\"quay.io\":{\"auth\":\""
            + auth("all", "1")
            + "\"},\"quay.io/acme/app\":{\"auth\":\""
            + auth("app", "3")
            + "\"},\"quay.io/acme\":{\"auth\":\""
            + auth("acme", "2")
            + "\"}}}");
    assertThat(find("quay.io/acme/app").credentials()).isEqualTo(basic("app", "3"));
    assertThat(find("quay.io/acme/other").credentials()).isEqualTo(basic("acme", "2"));
    assertThat(find("quay.io/else/app").credentials()).isEqualTo(basic("all", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"username\":\"u\",\"password\":\"p\"}|Basic",
        "{\"auth\":\"dTpw\"}|Basic",
        "{\"auth\":\"dTpwAAA=\"}|Basic",
        "{\"auth\":\"dTo=\",\"identitytoken\":\"abc\"}|IdentityToken",
        "{\"registrytoken\":\"abc\"}|RegistryToken",
        "{\"auth\":\"PHRva2VuPjphYmM=\"}|IdentityToken",
        "{\"Auth\":\"dTpw\"}|Basic",
        "{\"email\":\"x@y\"}|Anonymous",
        "{}|Anonymous"
      })
  void readsEntriesOfEachShape(String entry, String type) throws Exception {
    docker("{\"auths\":{\"r.example\":" + entry + "},\"HttpHeaders\":{\"a\":\"b\"}}");
    Credentials found = find("r.example/app").credentials();
    assertThat(found.getClass().getSimpleName()).isEqualTo(type);
    if (found instanceof Credentials.Basic pair) {
      assertThat(pair).isEqualTo(basic("u", "p"));
    }
  }

  @Test
  void looksIntoEachFileInOrder() throws Exception {
    String entry = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}";
    docker(entry.formatted("a.example", auth("docker", "1")));
    Path own = write("own.json", entry.formatted("b.example", auth("own", "2")));
    write("run/containers/auth.json", entry.formatted("c.example", auth("run", "3")));
    write(".config/containers/auth.json", entry.formatted("d.example", auth("config", "4")));
    variables.put("REGISTRY_AUTH_FILE", own.toString());
    variables.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
    assertThat(find("a.example/app").credentials()).isEqualTo(basic("docker", "1"));
    assertThat(find("b.example/app").credentials()).isEqualTo(basic("own", "2"));
    assertThat(find("c.example/app").credentials()).isEqualTo(basic("run", "3"));
    assertThat(find("d.example/app").credentials()).isEqualTo(basic("config", "4"));
  }

  @Test
  void theVariableComesFirst() throws Exception {
    String entry = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}";
    docker(entry.formatted("r.example", auth("file", "1")));
    variables.put("DOCKER_AUTH_CONFIG", entry.formatted("r.example", auth("variable", "2")));
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("variable", "2"));
    assertThat(find("r.example/app").source()).isEqualTo("$DOCKER_AUTH_CONFIG");
    variables.put("DOCKER_AUTH_CONFIG", entry.formatted("other.example", auth("variable", "2")));
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("file", "1"));
  }

  @Test
  void theVariableChoosesNoProgram() throws Exception {
    variables.put("DOCKER_AUTH_CONFIG", "{\"credsStore\":\"missing\",\"auths\":{}}");
    assertThat(find("r.example/app").isAnonymous()).isTrue();
  }

  @Test
  void aVariableThatCannotBeReadIsAnErrorThatDoesNotShowIt() {
    variables.put("DOCKER_AUTH_CONFIG", "{\"auths\":{\"r.example\":{\"auth\":\"hunter2\"}}");
    assertThatThrownBy(() -> find("r.example/app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("$DOCKER_AUTH_CONFIG")
        .hasMessageNotContaining("hunter2");
  }

  /** Precedence is also this: what is not needed cannot fail. */
  @Test
  void aBrokenFileBehindTheOneThatKnowsDoesNoHarm() throws Exception {
    docker("{\"auths\":{\"r.example\":{\"auth\":\"" + auth("docker", "1") + "\"}}}");
    write(".config/containers/auth.json", "not json");
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("docker", "1"));
    assertThatThrownBy(() -> find("other.example/app")).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void anEmptyHelperMeansTheFileItself() throws Exception {
    docker(
        "{\"credsStore\":\"missing\",\"credHelpers\":{\"r.example\":\"\"},\"auths\":"
            + "{\"r.example\":{\"auth\":\""
            + auth("file", "1")
            + "\"}}}");
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("file", "1"));
  }

  @Test
  void anIdentityTokenKeepsTheNameBesideIt() throws Exception {
    docker(
        "{\"auths\":{\"a.example\":{\"auth\":\""
            + auth("0000", "")
            + "\",\"identitytoken\":\"abc\"},\"b.example\":{\"identitytoken\":\"abc\"}}}");
    assertThat(find("a.example/app").credentials())
        .isEqualTo(new Credentials.IdentityToken("0000", "abc"));
    assertThat(find("b.example/app").credentials())
        .isEqualTo(new Credentials.IdentityToken("<token>", "abc"));
  }

  private List<LookedAt> explain(String repository) throws Exception {
    return StoredCredentials.in(new RegistryEnvironment(variables, home))
        .explain(Repository.parse(repository));
  }

  @Test
  void explainsWhereItLookedAndWhatItFound() throws Exception {
    Path docker = docker("{\"auths\":{\"a.example\":{\"auth\":\"" + auth("a", "hunter2") + "\"}}}");
    Path own = write("own.json", "{\"auths\":{\"b.example\":{\"registrytoken\":\"hunter2\"}}}");
    variables.put("REGISTRY_AUTH_FILE", own.toString());
    String usual = home.resolve(".config/containers/auth.json").toString();
    assertThat(explain("b.example/app"))
        .containsExactly(
            new LookedAt(docker.toString(), Finding.NOTHING, ""),
            new LookedAt(own.toString(), Finding.FOUND, "bearer token"),
            new LookedAt(usual, Finding.NOT_ASKED, ""));
    assertThat(explain("c.example/app"))
        .extracting(LookedAt::finding)
        .containsExactly(Finding.NOTHING, Finding.NOTHING, Finding.ABSENT);
    Files.writeString(docker, "{");
    List<LookedAt> broken = explain("b.example/app");
    assertThat(broken)
        .extracting(LookedAt::finding)
        .containsExactly(Finding.FAILED, Finding.NOT_ASKED, Finding.NOT_ASKED);
    assertThat(broken.get(0).detail()).contains(docker.toString());
    assertThat(explain("a.example/app").toString()).doesNotContain("hunter2");
  }

  @Test
  void foldersFromTheEnvironmentReplaceTheUsualOnes() throws Exception {
    String entry = "{\"auths\":{\"r.example\":{\"auth\":\"%s\"}}}";
    docker(entry.formatted(auth("usual", "1")));
    write("other/config.json", entry.formatted(auth("other", "2")));
    variables.put("DOCKER_CONFIG", home.resolve("other").toString());
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("other", "2"));
    variables.put("DOCKER_CONFIG", "");
    assertThat(find("r.example/app").credentials()).isEqualTo(basic("usual", "1"));
    variables.put("DOCKER_CONFIG", home.resolve("missing").toString());
    assertThat(find("r.example/app").isAnonymous()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "not json",
        "{\"auths\":[]}",
        "{\"auths\":{\"r.example\":{\"auth\":\"!!\"}}}",
        "{\"auths\":{\"r.example\":{\"auth\":\"bm9jb2xvbg==\"}}}",
        "{\"auths\":{\"r.example\":{\"auth\":7}}}",
        "{\"auths\":{},\"auths\":{}}"
      })
  void aFileThatCannotBeReadIsAnErrorNotAnonymity(String content) throws Exception {
    docker(content);
    assertThatThrownBy(() -> find("r.example/app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void messagesHoldNoSecret() throws Exception {
    docker("{\"auths\":{\"r.example\":{\"auth\":\"" + auth("u", "hunter2") + "!\"}}}");
    assertThatThrownBy(() -> find("r.example/app"))
        .hasMessageNotContaining(auth("u", "hunter2"))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void nothingThatHoldsASecretShowsIt() {
    assertThat(
            ""
                + basic("u", "hunter2")
                + new Credentials.IdentityToken("hunter2")
                + new Credentials.RegistryToken("hunter2")
                + new CredentialAnswer(basic("u", "hunter2"), "file")
                + new RegistryEnvironment(Map.of("COSIGN_PASSWORD", "hunter2"), Path.of("/")))
        .doesNotContain("hunter2");
  }
}
