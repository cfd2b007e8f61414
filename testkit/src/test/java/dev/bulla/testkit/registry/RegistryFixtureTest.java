package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryFixtureTest extends RegistryTest {

  @TempDir Path temporary;

  private static Path vectors() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(RegistryFixtureTest.class.getResource("/vectors/two-signers-legacy"))
            .toURI());
  }

  @ParameterizedTest
  @ValueSource(strings = {"repo", "after-first"})
  void loadsWhatRealCosignWrote(String name) throws Exception {
    start();
    RegistryFixture fixture = RegistryFixture.read(vectors().resolve(name));
    assertThat(fixture.manifests()).isNotEmpty();
    assertThat(fixture.blobs()).isNotEmpty();
    fixture.loadInto(registry.repository("app"));
    for (RegistryFixture.ManifestFile manifest : fixture.manifests()) {
      Caller.Answer answer = caller.get("/v2/app/manifests/" + manifest.digest());
      assertThat(answer.body()).isEqualTo(manifest.content());
      assertThat(answer.header("Content-Type")).contains(manifest.mediaType());
      for (String tag : manifest.tags()) {
        assertThat(caller.get("/v2/app/manifests/" + tag).body()).isEqualTo(manifest.content());
      }
    }
    for (RegistryFixture.BlobFile blob : fixture.blobs()) {
      assertThat(caller.get("/v2/app/blobs/" + blob.digest()).body()).isEqualTo(blob.content());
    }
  }

  @Test
  void whatRealCosignWroteCanBePushedThroughTheApi() throws Exception {
    start();
    RegistryFixture fixture = RegistryFixture.read(vectors().resolve("repo"));
    for (RegistryFixture.BlobFile blob : fixture.blobs()) {
      assertThat(
              caller
                  .post("/v2/app/blobs/uploads/?digest=" + blob.digest(), blob.content())
                  .status())
          .isEqualTo(201);
    }
    for (RegistryFixture.ManifestFile manifest : fixture.manifests()) {
      for (String tag : manifest.tags()) {
        assertThat(
                caller
                    .put(
                        "/v2/app/manifests/" + tag,
                        manifest.content(),
                        "Content-Type",
                        manifest.mediaType())
                    .status())
            .isEqualTo(201);
      }
    }
  }

  private Path fixture(String json) throws IOException {
    Path directory = Files.createDirectories(temporary.resolve("fixture"));
    Files.writeString(directory.resolve("repo.json"), json);
    return directory;
  }

  @Test
  void refusesAFixtureWithoutContent() throws IOException {
    Path directory = fixture("{\"manifests\":[],\"blobs\":[]}");
    assertThatThrownBy(() -> RegistryFixture.read(directory))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("lists no manifests");
    assertThatThrownBy(() -> RegistryFixture.read(temporary)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesContentOfAnotherDigest() throws IOException {
    Path directory =
        fixture(
            "{\"blobs\":[{\"digest\":\""
                + Digest.sha256(Bytes.utf8("right"))
                + "\",\"file\":\"b\"}]}");
    Files.writeString(directory.resolve("b"), "wrong");
    assertThatThrownBy(() -> RegistryFixture.read(directory))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("does not have the digest");
  }

  @Test
  void readsNoFileElsewhere() throws IOException {
    for (String file : List.of("../../secret", "/etc/passwd", "a/../../../x")) {
      Path directory =
          fixture(
              "{\"blobs\":[{\"digest\":\""
                  + Digest.sha256(Bytes.EMPTY)
                  + "\",\"file\":\""
                  + file
                  + "\"}]}");
      assertThatThrownBy(() -> RegistryFixture.read(directory))
          .as(file)
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("outside the fixture");
    }
  }
}
