package dev.bulla.admission.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {

  private static final String HEX = "4f".repeat(32);

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "I1, test-image, index.docker.io/library/test-image, latest, ''",
    "I2, test-image:1.0.0, index.docker.io/library/test-image, 1.0.0, ''",
    "I3, path/to/repo/image:tag, index.docker.io/path/to/repo/image, tag, ''",
    "I4, docker.io/foo/bar, index.docker.io/foo/bar, latest, ''",
    "I5, docker.io/foo, index.docker.io/library/foo, latest, ''",
    "I6, registry.io:8080/p/i:t, registry.io:8080/p/i, t, ''",
    "I7, localhost:5000/im, localhost:5000/im, latest, ''",
    "I8, localhost/im:t, localhost/im, t, ''",
    "I9 I16, i@sha256:HEX, index.docker.io/library/i, '', sha256:HEX",
    "I10, i:t@sha256:HEX, index.docker.io/library/i, t, sha256:HEX",
    "I15, registry.io/p/i:t@sha256:HEX, registry.io/p/i, t, sha256:HEX"
  })
  @ConnaisseurRow({"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I15", "I16"})
  void namesHaveOneForm(String row, String text, String repository, String tag, String digest)
      throws Exception {
    String pinned = digest.replace("HEX", HEX);

    ImageName name = ImageName.parse(text.replace("HEX", HEX));

    assertThat(name.repository()).hasToString(repository);
    assertThat(name.tag().orElse("")).isEqualTo(tag);
    assertThat(name.digest().map(Digest::toString).orElse("")).isEqualTo(pinned);
    assertThat(name)
        .hasToString(
            repository + (tag.isEmpty() ? "" : ":" + tag) + (pinned.isEmpty() ? "" : "@" + pinned));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i@sha256:123", // I11
        "invalid,image", // I12
        "asd\"fgh", // I13
        "", // M25
        "i@HEX", // I19: Connaisseur put sha256: before it
        ":",
        "a:",
        "a@",
        "A",
        "a b",
        "@"
      })
  @ConnaisseurRow({"I11", "I12", "I13", "I19", "M25"})
  void whatIsNoNameIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> ImageName.parse(text.replace("HEX", HEX)))
        .withMessageStartingWith("invalid image reference");
  }

  @Test
  @ConnaisseurRow("I14")
  void digestsOfOtherKindsAreRefusedByName() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> ImageName.parse("i@sha512:" + "4f".repeat(64)))
        .withMessage("invalid image reference: only digests by sha256 can be verified");
  }

  /** A digest goes only by another one coming: what was verified is never taken off again. */
  @Test
  @ConnaisseurRow({"I17", "I18"})
  void pinningKeepsTheTag() throws Exception {
    ImageName tagged = ImageName.parse("docker.io/a/b:co");

    ImageName pinned = tagged.withDigest(Digest.parse("sha256:" + HEX));

    assertThat(pinned).hasToString("index.docker.io/a/b:co@sha256:" + HEX);
    assertThat(tagged).hasToString("index.docker.io/a/b:co");
    String other = "sha256:" + "aa".repeat(32);
    assertThat(pinned.withDigest(Digest.parse(other)))
        .hasToString("index.docker.io/a/b:co@" + other);
  }
}
