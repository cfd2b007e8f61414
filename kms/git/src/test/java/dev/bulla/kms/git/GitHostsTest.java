package dev.bulla.kms.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.key.Password;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.StoredKeys;
import dev.bulla.testkit.kms.GitHostServer;
import dev.bulla.testkit.kms.KmsFault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both providers against the doubles of their hosts. */
class GitHostsTest {

  private static final String TOKEN = "marked-token-8ad2";
  private static final Bytes PRIVATE_KEY = Bytes.utf8("marked-private-key");
  private static final Bytes PUBLIC_KEY = Bytes.utf8("a public key");

  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private GitHostServer server;

  @BeforeEach
  void start() throws IOException {
    server = GitHostServer.start(TOKEN);
    environment.put("GITLAB_HOST", server.address());
    environment.put("GITLAB_TOKEN", TOKEN);
    environment.put("GITHUB_HOST", server.address() + "/");
    environment.put("GITHUB_TOKEN", TOKEN);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private StoredKeys open(String reference) throws KeyException {
    KmsContext context =
        new KmsContext(
            name -> Optional.ofNullable(environment.get(name)),
            Path.of(""),
            Duration.ofSeconds(20),
            warning -> {});
    return reference.startsWith("gitlab")
        ? new GitLabProvider().open(reference, context)
        : new GitHubProvider().open(reference, context);
  }

  private void store(String reference) throws KeyException {
    try (StoredKeys keys = open(reference);
        Password password = Password.ofText("marked-pw")) {
      keys.store(PRIVATE_KEY, password, PUBLIC_KEY, lines::add);
    }
  }

  private KeyException failure(String reference) {
    KeyException[] seen = new KeyException[1];
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> store(reference))
        .satisfies(e -> seen[0] = e);
    StringWriter all = new StringWriter();
    seen[0].printStackTrace(new PrintWriter(all));
    assertThat(all + seen[0].hint().orElse("")).doesNotContain("marked-");
    return seen[0];
  }

  @ParameterizedTest
  @CsvSource({
    "gitlab://team/app, projects/team/app, project",
    "gitlab://7, projects/team/app, project",
    "gitlab://team, groups/team, group"
  })
  void gitLabKeepsAndGivesBack(String reference, String place, String word) throws Exception {
    store(reference);

    assertThat(lines)
        .containsExactly(
            "Password written to \"COSIGN_PASSWORD\" " + word + " variable",
            "Private key written to \"COSIGN_PRIVATE_KEY\" " + word + " variable",
            "Public key written to \"COSIGN_PUBLIC_KEY\" " + word + " variable");
    assertThat(server.written())
        .containsExactly("COSIGN_PASSWORD", "COSIGN_PRIVATE_KEY", "COSIGN_PUBLIC_KEY");
    assertThat(server.value(place, "COSIGN_PASSWORD")).contains("marked-pw");
    try (StoredKeys keys = open(reference);
        Password password = keys.password();
        Password expected = Password.ofText("marked-pw")) {
      assertThat(keys.privateKey()).isEqualTo(PRIVATE_KEY);
      assertThat(keys.publicKey()).isEqualTo(PUBLIC_KEY);
      assertThat(password.sameAs(expected)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"github://team/app, repos/team/app", "github://team, orgs/team"})
  void gitHubKeepsAndGivesNothingBack(String reference, String place) throws Exception {
    store(reference);

    assertThat(lines)
        .containsExactly(
            "Password written to COSIGN_PASSWORD github actions secret",
            "Private key written to COSIGN_PRIVATE_KEY github actions secret",
            "Public key written to COSIGN_PUBLIC_KEY github actions secret");
    assertThat(server.written())
        .containsExactly("COSIGN_PASSWORD", "COSIGN_PRIVATE_KEY", "COSIGN_PUBLIC_KEY");
    assertThat(server.value(place, "COSIGN_PASSWORD")).contains("marked-pw");
    assertThat(server.value(place, "COSIGN_PRIVATE_KEY")).contains("marked-private-key");
    assertThat(server.value(place, "COSIGN_PUBLIC_KEY")).contains("a public key");
    environment.clear(); // it needs no token to say so
    try (StoredKeys keys = open(reference)) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(keys::publicKey)
          .withMessage("loading URL: unrecognized scheme: github://");
      assertThatExceptionOfType(KeyException.class).isThrownBy(keys::privateKey);
      assertThatExceptionOfType(KeyException.class).isThrownBy(keys::password);
    }
  }

  @Test
  void gitLabVariablesThatAreThereStay() throws Exception {
    store("gitlab://team/app");

    assertThat(failure("gitlab://team/app"))
        .hasMessageStartingWith("could not create \"COSIGN_PASSWORD\" variable: ")
        .hasMessageContaining("(COSIGN_PASSWORD) has already been taken");
    assertThat(server.written()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gitlab://other", "gitlab://team/../team", "gitlab://.", "gitlab://a?b#c"})
  void whatIsNoProjectAndNoGroupIsSaidToBe(String reference) {
    assertThat(failure(reference))
        .hasMessageStartingWith("could not determine if reference is a group or project: ")
        .hasMessageContaining("is neither a valid project nor group")
        .matches(e -> e.problem() == Problem.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github://",
        "github:///",
        "github://a/",
        "github://a/b/c",
        "github://a/..",
        "github://a/.",
        "github://a b",
        "github://a/b?c"
      })
  void otherTextIsNoRepository(String reference) {
    assertThat(failure(reference))
        .hasMessage(
            "could not parse scheme, use github://<owner> or github://<owner>/<repo> format");
  }

  @Test
  void missesTheTokenByItsName() {
    environment.remove("GITLAB_TOKEN");
    environment.remove("GITHUB_TOKEN");

    assertThat(failure("gitlab://team/app")).hasMessage("could not find \"GITLAB_TOKEN\"");
    assertThat(failure("github://team"))
        .hasMessage("could not find \"GITHUB_TOKEN\" environment variable")
        .matches(e -> e.problem() == Problem.NOT_AUTHENTICATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gitlab://team/app", "github://team/app"})
  void saysWhyAHostDoesNotHelp(String reference) {
    server.fail(KmsFault.NOT_PERMITTED, 1);
    assertThat(failure(reference)).matches(e -> e.problem() == Problem.NOT_PERMITTED);
    server.fail(KmsFault.SERVER_ERROR, 4);
    assertThat(failure(reference)).matches(e -> e.problem() == Problem.UNREACHABLE);
    environment.put("GITLAB_TOKEN", "marked-wrong");
    environment.put("GITHUB_TOKEN", "marked-wrong");
    assertThat(failure(reference)).matches(e -> e.problem() == Problem.NOT_AUTHENTICATED);
    environment.put("GITLAB_TOKEN", "marked-\nwrong");
    environment.put("GITHUB_TOKEN", "marked-\nwrong");
    assertThat(failure(reference)).matches(e -> e.problem() == Problem.NOT_AUTHENTICATED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://git.example",
        "ftp://git.example",
        "git.example",
        "https://marked-u@git.example",
        "https://git.example?x=marked-",
        "https://[",
        "https:///"
      })
  void tokensDoNotTravelToOtherAddresses(String host) {
    environment.put("GITLAB_HOST", host);
    environment.put("GITHUB_HOST", host);

    assertThat(failure("gitlab://team/app"))
        .hasMessage("GITLAB_HOST is not an address of https://");
    assertThat(failure("github://team/app"))
        .hasMessage("GITHUB_HOST is not an address of https://")
        .matches(e -> e.problem() == Problem.MISCONFIGURED);
  }
}
