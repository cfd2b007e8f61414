package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest extends RegistryTest {

  @TempDir Path temporary;

  private void startHere() throws IOException {
    start(EmbeddedRegistry.options().directory(temporary.resolve("registry")));
  }

  private void restart() throws IOException {
    stop();
    startHere();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      return all.filter(Files::isRegularFile).map(temporary::relativize).sorted().toList();
    }
  }

  @Test
  void keepsEverythingOverARestart() throws IOException {
    startHere();
    SampleImage image = SampleImage.image("directory");
    SampleImage referrer = SampleImage.referrer(image, "type/x", Bytes.utf8("x"), Map.of("a", "b"));
    assertThat(caller.push("team/app", image, "v1").status()).isEqualTo(201);
    assertThat(caller.putManifest("team/app", "V1", image).status()).isEqualTo(201);
    assertThat(caller.push("team/app", referrer, referrer.digest().toString()).status())
        .isEqualTo(201);
    Bytes large = Bytes.owning(new byte[300_000]);
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, large);
    assertThat(caller.post("/v2/team/app/blobs/uploads/?digest=" + sha512, large).status())
        .isEqualTo(201);

    restart();
    assertThat(caller.get("/v2/team/app/tags/list").strings("tags")).containsExactly("V1", "v1");
    assertThat(caller.get("/v2/team/app/manifests/v1").body()).isEqualTo(image.manifest());
    assertThat(caller.get("/v2/team/app/manifests/v1").header("Content-Type"))
        .contains(image.mediaType().value());
    assertThat(caller.get("/v2/team/app/referrers/" + image.digest()).text())
        .contains(referrer.digest().toString())
        .contains("type/x");
    assertThat(caller.get("/v2/team/app/blobs/" + sha512).body()).isEqualTo(large);
    assertThat(caller.get("/v2/team/app/blobs/" + sha512, "Range", "bytes=299990-").body().size())
        .isEqualTo(10);
    assertThat(registry.repositories()).containsExactly("team/app");
  }

  @Test
  void keepsDeletionsOverARestart() throws IOException {
    startHere();
    SampleImage image = SampleImage.image("directory");
    caller.push("app", image, "v1");
    caller.putManifest("app", "v2", image);
    Digest blob = image.blobs().keySet().iterator().next();
    assertThat(caller.delete("/v2/app/manifests/v1").status()).isEqualTo(202);
    assertThat(caller.delete("/v2/app/blobs/" + blob).status()).isEqualTo(202);
    restart();
    assertThat(caller.get("/v2/app/tags/list").strings("tags")).containsExactly("v2");
    assertThat(caller.get("/v2/app/blobs/" + blob).status()).isEqualTo(404);
    assertThat(caller.delete("/v2/app/manifests/" + image.digest()).status()).isEqualTo(202);
    restart();
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(404);
    assertThat(files().toString()).doesNotContain(image.digest().hex()).doesNotContain(blob.hex());
  }

  @Test
  void takesChunksAndForgetsUnfinishedUploads() throws IOException {
    startHere();
    Bytes content = Bytes.utf8("0123456789");
    String location =
        caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY).header("Location").orElseThrow();
    assertThat(caller.patch(location, content.slice(0, 5), "Content-Range", "0-4").status())
        .isEqualTo(202);
    Digest sha384 = Digest.of(HashAlgorithm.SHA384, content);
    assertThat(caller.put(location + "?digest=" + sha384, content.slice(5, 10)).status())
        .isEqualTo(201);
    String unfinished =
        caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY).header("Location").orElseThrow();
    assertThat(caller.patch(unfinished, content).status()).isEqualTo(202);
    assertThat(files().toString()).contains("uploads");
    restart();
    assertThat(caller.get(unfinished).code()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
    assertThat(files().toString()).doesNotContain("uploads");
    assertThat(caller.get("/v2/app/blobs/" + sha384).body()).isEqualTo(content);
  }

  @Test
  void refusesContentOfAnotherDigestAndLeavesNothing() throws IOException {
    startHere();
    Digest digest = Digest.sha256(Bytes.utf8("right"));
    assertThat(caller.post("/v2/app/blobs/uploads/?digest=" + digest, Bytes.utf8("wrong")).code())
        .isEqualTo("DIGEST_INVALID");
    assertThat(files().toString()).doesNotContain("content").doesNotContain("upload-");
  }

  @Test
  void usesNoNameOfARequestAsAFileName() throws IOException {
    startHere();
    SampleImage image = SampleImage.image("directory");
    for (String repository : List.of("con", "nul/aux", "a/name", "lock", "content/tags")) {
      assertThat(caller.push(repository, image, "con").status()).isEqualTo(201);
      assertThat(caller.putManifest(repository, "CON", image).status()).isEqualTo(201);
    }
    Pattern safe =
        Pattern.compile(
            "registry/(bulla-registry|lock|content/sha256/[0-9a-f]{2}/[0-9a-f]{64}"
                + "|repositories/[0-9a-f]{64}/(name|(tags/[0-9a-f]{64})"
                + "|((manifests|blobs)/sha256-[0-9a-f]{64})))");
    assertThat(files()).isNotEmpty().allMatch(f -> safe.matcher(unix(f)).matches());
    restart();
    assertThat(registry.repositories())
        .containsExactly("a/name", "con", "content/tags", "lock", "nul/aux");
    assertThat(registry.repository("lock").tags()).containsExactly("CON", "con");
  }

  private static String unix(Path path) {
    return path.toString().replace('\\', '/');
  }

  @Test
  void refusesADirectoryThatIsNotItsOwn() throws IOException {
    Path home = Files.createDirectories(temporary.resolve("home"));
    Files.writeString(home.resolve("precious.txt"), "do not touch");
    assertThatThrownBy(() -> EmbeddedRegistry.start(EmbeddedRegistry.options().directory(home)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither empty nor a registry directory");
    assertThat(files()).hasSize(1);
  }

  @Test
  void refusesADirectoryThatIsBeingServed() throws IOException {
    startHere();
    EmbeddedRegistry.Options same =
        EmbeddedRegistry.options().directory(temporary.resolve("registry"));
    assertThatThrownBy(() -> EmbeddedRegistry.start(same))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("already being served");
    restart();
    assertThat(caller.get("/v2/").status()).isEqualTo(200);
  }

  @Test
  void saysWhichFileIsDamaged() throws IOException {
    startHere();
    SampleImage.image("x").pushTo(registry.repository("app"), "v1");
    stop();
    Path tag = files().stream().filter(f -> unix(f).contains("/tags/")).findFirst().orElseThrow();
    Files.writeString(temporary.resolve(tag), "v1\n../../etc/passwd\n");
    assertThatThrownBy(this::startHere)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(tag.getFileName().toString());
    Files.writeString(temporary.resolve(tag), "");
    assertThatThrownBy(this::startHere).hasMessageContaining("cut short");
  }

  @Test
  void limitsBlobsWithoutHoldingThemInMemory() throws IOException {
    start(
        EmbeddedRegistry.options()
            .directory(temporary.resolve("small"))
            .maxBlobBytes(1_000)
            .maxMemoryBytes(1));
    Bytes content = Bytes.owning(new byte[1_000]);
    assertThat(
            caller
                .post("/v2/app/blobs/uploads/?digest=" + Digest.sha256(content), content)
                .status())
        .isEqualTo(201);
    Bytes larger = Bytes.owning(new byte[1_001]);
    assertThat(
            caller.post("/v2/app/blobs/uploads/?digest=" + Digest.sha256(larger), larger).status())
        .isEqualTo(413);
  }

  @Test
  void canBeMadeToLie() throws IOException {
    startHere();
    Digest digest = registry.repository("app").putBlob(Bytes.utf8("truth"));
    registry.repository("app").corrupt(digest, Bytes.utf8("lies, all lies"));
    assertThat(caller.get("/v2/app/blobs/" + digest).text()).isEqualTo("lies, all lies");
    registry.repository("app").flipBit(digest, 0);
    assertThat(caller.get("/v2/app/blobs/" + digest).text()).isEqualTo("mies, all lies");
  }
}
