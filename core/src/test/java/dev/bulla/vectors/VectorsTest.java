package dev.bulla.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.digest.Digest;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonObject;
import org.junit.jupiter.api.Test;

final class VectorsTest {

  @Test
  void aMissingFileFails() {
    assertThatThrownBy(() -> Vectors.bytes("derived/nothing.json"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("derived/nothing.json");
  }

  @Test
  void aMissingFolderFails() {
    assertThatThrownBy(() -> Vectors.names("nothing")).isInstanceOf(AssertionError.class);
  }

  @Test
  void everyFolderSaysWhereItsFilesAreFrom() {
    for (String folder : Vectors.names("")) {
      assertThat(Vectors.names(folder)).as(folder).contains("README.md");
    }
  }

  /**
   * Files are compared byte for byte, so an editor or a version control system that touches them
   * has to be noticed.
   */
  @Test
  void filesOfTheOldestFormatAreUntouched() throws Exception {
    JsonObject digests = Vectors.object("seed-exact/digests.json");
    assertThat(digests.members()).isNotEmpty();
    for (JsonObject.Member member : digests.members()) {
      String wanted = GoFields.of(digests, "digests").requiredString(member.name());
      assertThat(Digest.sha256(Vectors.bytes("seed-exact/" + member.name())).hex())
          .as(member.name())
          .isEqualTo(wanted);
    }
  }
}
