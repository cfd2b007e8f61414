package dev.bulla.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.oci.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivenCredentialsTest {

  private static final String CONFIG =
      """
      {"auths": {
        "https://index.docker.io/v1/": {"username": "hub", "password": "p"},
        "registry.io": {"username": "whole", "password": "p"},
        "registry.io/path": {"username": "part", "password": "p"},
        "https://named.io/team/": {"username": "team", "password": "p"},
        "http://named.io/v1/": {"username": "old", "password": "p"}},
       "credHelpers": {"helped.io": "never-run"}, "credsStore": "never-run"}
      """;

  private static String user(GivenCredentials credentials, String repository) throws Exception {
    CredentialAnswer answer = credentials.find(Repository.parse(repository));
    return answer.credentials() instanceof Credentials.Basic basic ? basic.username() : "nobody";
  }

  @ParameterizedTest
  @CsvSource({
    "nginx, hub",
    "docker.io/team/app, hub",
    "registry.io/other/app, whole",
    "registry.io/path, part",
    "registry.io/path/app, part",
    "registry.io/pathology/app, whole",
    "registry.io.evil.example/app, nobody",
    "registry.io:5000/app, nobody",
    "named.io/team/app, team",
    "named.io/teams/app, old",
    "helped.io/app, nobody"
  })
  void theLongestNameThatFitsInWholeSegmentsWins(String repository, String user) throws Exception {
    assertThat(user(GivenCredentials.ofDockerConfig(Bytes.utf8(CONFIG), "secret"), repository))
        .isEqualTo(user);
  }

  @Test
  void oneUserIsShownToOneRegistryAlone() throws Exception {
    GivenCredentials one = GivenCredentials.ofUser("registry.io/team", "me", "p", "secret.yaml");
    assertThat(user(one, "registry.io/team/app")).isEqualTo("me");
    assertThat(user(one, "registry.io/teams/app")).isEqualTo("nobody");
    assertThat(user(one, "nginx")).isEqualTo("nobody");
    GivenCredentials url = GivenCredentials.ofUser("https://registry.io/team", "me", "p", "s");
    assertThat(user(url, "registry.io/team/app")).isEqualTo("me");
    assertThat(user(url, "registry.io/app")).isEqualTo("nobody");
    assertThat(one.toString()).isEqualTo("GivenCredentials[secret.yaml]");
  }

  @Test
  void whatIsNoConfigurationIsRefused() {
    for (String text : new String[] {"", "[]", "{\"auths\": []}", "{\"auths\""}) {
      assertThatThrownBy(() -> GivenCredentials.ofDockerConfig(Bytes.utf8(text), "secret"))
          .isInstanceOf(MalformedInputException.class);
    }
  }
}
