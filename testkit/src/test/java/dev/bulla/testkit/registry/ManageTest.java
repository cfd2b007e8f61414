package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManageTest extends RegistryTest {

  private final SampleImage image = SampleImage.image("manage");

  @BeforeEach
  void begin() throws IOException {
    start();
    image.pushTo(registry.repository("app"), "v1", "v2");
  }

  @Test
  void deletesATagAndKeepsTheManifest() throws IOException {
    assertThat(caller.delete("/v2/app/manifests/v1").status()).isEqualTo(202);
    assertThat(caller.get("/v2/app/manifests/v1").status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(200);
    assertThat(caller.get("/v2/app/manifests/" + image.digest()).status()).isEqualTo(200);
    assertThat(caller.delete("/v2/app/manifests/v1").code()).isEqualTo("MANIFEST_UNKNOWN");
  }

  @Test
  void deletesAManifestWithItsTags() throws IOException {
    String path = "/v2/app/manifests/" + image.digest();
    assertThat(caller.delete(path).status()).isEqualTo(202);
    assertThat(caller.get(path).status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/manifests/v2").status()).isEqualTo(404);
    assertThat(caller.get("/v2/app/tags/list").strings("tags")).isEmpty();
    assertThat(caller.delete(path).status()).isEqualTo(404);
  }

  @Test
  void deletesABlobOfOneRepositoryOnly() throws IOException {
    image.pushTo(registry.repository("other"));
    Digest blob = image.blobs().keySet().iterator().next();
    assertThat(caller.delete("/v2/app/blobs/" + blob).status()).isEqualTo(202);
    assertThat(caller.get("/v2/app/blobs/" + blob).status()).isEqualTo(404);
    assertThat(caller.delete("/v2/app/blobs/" + blob).code()).isEqualTo("BLOB_UNKNOWN");
    assertThat(caller.get("/v2/other/blobs/" + blob).status()).isEqualTo(200);
  }

  @Test
  void takesBackAManifestThatWasDeleted() throws IOException {
    caller.delete("/v2/app/manifests/" + image.digest());
    assertThat(caller.putManifest("app", "v3", image).status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/manifests/v3").body()).isEqualTo(image.manifest());
  }

  @Test
  void forgetsAReferrerThatWasDeleted() throws IOException {
    SampleImage referrer =
        SampleImage.referrer(image, "text/plain", Bytes.utf8("x"), java.util.Map.of());
    referrer.pushTo(registry.repository("app"));
    String list = "/v2/app/referrers/" + image.digest();
    assertThat(caller.get(list).objects("manifests")).hasSize(1);
    caller.delete("/v2/app/manifests/" + referrer.digest());
    assertThat(caller.get(list).objects("manifests")).isEmpty();
  }
}
