package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RepositoryTest {

  @ParameterizedTest
  @CsvSource({
    "alpine,index.docker.io/library/alpine",
    "team/app,index.docker.io/team/app",
    "docker.io/alpine,index.docker.io/library/alpine",
    "ghcr.io/team/app,ghcr.io/team/app",
    "localhost:5000/app,localhost:5000/app",
    // without a slash there is no host in it
    "r.io,index.docker.io/library/r.io"
  })
  void expandsWhatDockerHubLeavesOut(String text, String full) throws Exception {
    Repository repository = Repository.parse(text);

    assertThat(repository).hasToString(full);
    assertThat(Repository.parse(full)).isEqualTo(repository);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "app:v1", "r.io/app:v1", "r.io/app@sha256:00", "a.b.c/"})
  void refusesTagsAndDigests(String text) {
    assertThatThrownBy(() -> Repository.parse(text))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageStartingWith("repository: could not parse ");
  }

  private static Repository parsed(String text) {
    try {
      return Repository.parse(text);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void cannotBeMadeOfAnythingElse() {
    assertThatThrownBy(() -> new Repository("r.io", "../app"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Repository("user@r.io", "app"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Repository("r.io/app", "app"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Repository("", "app"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesWhatItHolds() {
    Repository repository = parsed("r.io/app");
    Digest digest = Digest.sha256(Bytes.EMPTY);

    assertThat(repository.at(digest)).hasToString("r.io/app@" + digest);
    assertThat(repository.at(digest).typed()).isEqualTo("r.io/app@" + digest);
    assertThat(repository.tag("v1")).hasToString("r.io/app:v1");
    assertThatThrownBy(() -> repository.tag("a/b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> repository.tag("../x")).isInstanceOf(IllegalArgumentException.class);
  }
}
