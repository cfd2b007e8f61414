package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredRepositoryTest extends RegistryTest {

  private final SampleImage image = SampleImage.image("stored");
  private StoredRepository repository;

  @BeforeEach
  void begin() throws IOException {
    start();
    repository = registry.repository("app");
  }

  @Test
  void isEmptyUntilSomethingIsPut() {
    assertThat(repository.tags()).isEmpty();
    assertThat(repository.manifests()).isEmpty();
    assertThat(repository.blobs()).isEmpty();
    assertThat(repository.manifest("v1")).isEmpty();
    assertThat(repository.untag("v1")).isFalse();
    assertThat(registry.repositories()).isEmpty();
    assertThatThrownBy(() -> registry.repository("../app"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void looksBehindTheApi() throws IOException {
    caller.push("app", image, "v1");
    assertThat(repository.manifest("v1"))
        .hasValueSatisfying(m -> {
          assertThat(m.content()).isEqualTo(image.manifest());
          assertThat(m.mediaType()).isEqualTo(image.mediaType().value());
          assertThat(m.digest()).isEqualTo(image.digest());
        });
    assertThat(repository.manifest(image.digest().toString())).isPresent();
    assertThat(repository.blobs()).containsExactlyInAnyOrderElementsOf(image.blobs().keySet());
    image.blobs().forEach((d, b) -> assertThat(repository.blob(d)).contains(b));
    assertThat(registry.log().requests("GET", ".*")).isEmpty();
  }

  @Test
  void takesWhatTheApiWouldRefuse() throws IOException {
    Digest lie = Digest.sha256(Bytes.utf8("something else"));
    repository.putManifest("application/vnd.oci.image.manifest.v1+json", Bytes.utf8("junk"), "a");
    repository.putManifest(lie, "text/plain", Bytes.utf8("lie"), "b");
    repository.tag("dangling", Digest.sha256(Bytes.utf8("nothing")));
    assertThat(caller.get("/v2/app/manifests/a").text()).isEqualTo("junk");
    assertThat(caller.get("/v2/app/manifests/" + lie).text()).isEqualTo("lie");
    assertThat(caller.get("/v2/app/manifests/dangling").status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/tags/list").strings("tags"))
        .containsExactly("a", "b", "dangling");
  }

  @Test
  void listsReferrersOfWhatWasPutBehindTheApi() throws IOException {
    SampleImage referrer = SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), Map.of());
    referrer.pushTo(repository);
    assertThat(repository.referrers(image.digest())).containsExactly(referrer.digest());
    assertThat(caller.get("/v2/app/referrers/" + image.digest()).objects("manifests")).hasSize(1);
    assertThat(repository.deleteManifest(referrer.digest())).isTrue();
    assertThat(repository.referrers(image.digest())).isEmpty();
  }

  @Test
  void removesTagsAndBlobs() {
    image.pushTo(repository, "v1");
    assertThat(repository.untag("v1")).isTrue();
    assertThat(repository.manifests()).containsExactly(image.digest());
    Digest blob = image.blobs().keySet().iterator().next();
    assertThat(repository.deleteBlob(blob)).isTrue();
    assertThat(repository.deleteBlob(blob)).isFalse();
  }

  @Test
  void corruptsContentBehindItsDigest() throws IOException {
    image.pushTo(repository, "v1");
    repository.flipBit(image.digest(), 10);
    Caller.Answer answer = caller.get("/v2/app/manifests/v1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isNotEqualTo(image.manifest());
    assertThat(answer.header("Docker-Content-Digest")).contains(image.digest().toString());
    repository.flipBit(image.digest(), 10);
    assertThat(caller.get("/v2/app/manifests/v1").body()).isEqualTo(image.manifest());
  }
}
