package dev.bulla.admission.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {

  private static final String HEX = "4f".repeat(32);

  @ParameterizedTest
  @CsvSource({
    "test-image, index.docker.io/library/test-image:latest",
    "test-image:1.0.0, index.docker.io/library/test-image:1.0.0",
    "path/to/repo/image:tag, index.docker.io/path/to/repo/image:tag",
    "docker.io/foo/bar, index.docker.io/foo/bar:latest",
    "docker.io/foo, index.docker.io/library/foo:latest",
    "registry.io:8080/p/i:t, registry.io:8080/p/i:t",
    "localhost:5000/im, localhost:5000/im:latest",
    "localhost/im:t, localhost/im:t",
    "i@sha256:HEX, index.docker.io/library/i@sha256:HEX",
    "i:t@sha256:HEX, index.docker.io/library/i:t@sha256:HEX"
  })
  void namesHaveOneForm(String text, String name) throws Exception {
    assertThat(ImageName.parse(text.replace("HEX", HEX))).hasToString(name.replace("HEX", HEX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"i@sha256:123", "invalid,image", "asd\"fgh", "", ":", "a:", "a@", "A", "a b", "@"})
  void whatIsNoNameIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> ImageName.parse(text))
        .withMessageStartingWith("invalid image reference");
  }

  @Test
  void digestsOfOtherKindsAreRefusedByName() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> ImageName.parse("i@sha512:" + "4f".repeat(64)))
        .withMessage("invalid image reference: only digests by sha256 can be verified");
  }

  @Test
  void pinningKeepsTheTag() throws Exception {
    assertThat(ImageName.parse("docker.io/a/b:co").withDigest(Digest.parse("sha256:" + HEX)))
        .hasToString("index.docker.io/a/b:co@sha256:" + HEX);
  }
}
