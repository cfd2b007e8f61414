package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.http.RawClient;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushTest extends RegistryTest {

  private static final Bytes CONTENT = Bytes.utf8("0123456789");
  private static final Digest DIGEST = Digest.sha256(CONTENT);

  // ---- blobs

  private String beginUpload() throws IOException {
    Caller.Answer answer = caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Range")).contains("0-0");
    assertThat(answer.header("Docker-Upload-UUID")).isPresent();
    return answer.header("Location").orElseThrow();
  }

  private void assertStored(Caller.Answer answer) throws IOException {
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Docker-Content-Digest")).contains(DIGEST.toString());
    assertThat(caller.get(answer.header("Location").orElseThrow()).body()).isEqualTo(CONTENT);
    assertThat(registry.repository("app").blobs()).containsExactly(DIGEST);
  }

  @Test
  void takesABlobInOnePost() throws IOException {
    start();
    assertStored(caller.post("/v2/app/blobs/uploads/?digest=" + DIGEST, CONTENT));
  }

  @Test
  void takesABlobInPostAndPut() throws IOException {
    start();
    assertStored(caller.put(beginUpload() + "?digest=" + DIGEST, CONTENT));
  }

  @Test
  void takesABlobInOneStreamAndPut() throws IOException {
    start();
    Caller.Answer patched = caller.patch(beginUpload(), CONTENT);
    assertThat(patched.status()).isEqualTo(202);
    assertThat(patched.header("Range")).contains("0-9");
    assertStored(
        caller.put(patched.header("Location").orElseThrow() + "?digest=" + DIGEST, Bytes.EMPTY));
  }

  @Test
  void takesABlobInChunksTheLastWithThePut() throws IOException {
    start();
    String location = beginUpload();
    Caller.Answer first = caller.patch(location, CONTENT.slice(0, 4), "Content-Range", "0-3");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.header("Range")).contains("0-3");
    Caller.Answer second = caller.patch(location, CONTENT.slice(4, 7), "Content-Range", "4-6");
    assertThat(second.header("Range")).contains("0-6");
    assertStored(
        caller.put(location + "?digest=" + DIGEST, CONTENT.slice(7, 10), "Content-Range", "7-9"));
  }

  @Test
  void refusesChunksOutOfOrderAndSaysWhereItIs() throws IOException {
    start();
    String location = beginUpload();
    Caller.Answer skipping = caller.patch(location, CONTENT.slice(4, 7), "Content-Range", "4-6");
    assertThat(skipping.status()).isEqualTo(416);
    assertThat(skipping.header("Location")).contains(location);
    assertThat(caller.patch(location, CONTENT.slice(0, 4), "Content-Range", "0-3").status())
        .isEqualTo(202);
    Caller.Answer again = caller.patch(location, CONTENT.slice(0, 4), "Content-Range", "0-3");
    assertThat(again.status()).isEqualTo(416);
    assertThat(again.header("Range")).contains("0-3");

    Caller.Answer status = caller.get(location);
    assertThat(status.status()).isEqualTo(204);
    assertThat(status.header("Range")).contains("0-3");
    assertThat(status.header("Location")).contains(location);
    assertThat(
            caller
                .put(location + "?digest=" + DIGEST, CONTENT.slice(0, 4), "Content-Range", "0-3")
                .status())
        .isEqualTo(416);

    assertThat(caller.patch(location, CONTENT.slice(4, 10), "Content-Range", "4-9").status())
        .isEqualTo(202);
    assertStored(caller.put(location + "?digest=" + DIGEST, Bytes.EMPTY));
  }

  @Test
  void refusesChunksOfAnotherLengthThanTheySay() throws IOException {
    start();
    String location = beginUpload();
    Caller.Answer answer = caller.patch(location, CONTENT, "Content-Range", "0-3");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("SIZE_INVALID");
    assertThat(caller.patch(location, CONTENT, "Content-Range", "bytes 0-9/10").code())
        .isEqualTo("BLOB_UPLOAD_INVALID");
  }

  @Test
  void refusesContentOfAnotherDigest() throws IOException {
    start();
    Bytes other = Bytes.utf8("something else");
    Caller.Answer post = caller.post("/v2/app/blobs/uploads/?digest=" + DIGEST, other);
    assertThat(post.status()).isEqualTo(400);
    assertThat(post.code()).isEqualTo("DIGEST_INVALID");
    Caller.Answer put = caller.put(beginUpload() + "?digest=" + DIGEST, other);
    assertThat(put.status()).isEqualTo(400);
    assertThat(put.code()).isEqualTo("DIGEST_INVALID");
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, CONTENT);
    assertThat(caller.put(beginUpload() + "?digest=" + sha512, other).code())
        .isEqualTo("DIGEST_INVALID");
    assertThat(registry.repository("app").blobs()).isEmpty();
  }

  @Test
  void refusesAnUploadThatEndsWithoutADigest() throws IOException {
    start();
    String location = beginUpload();
    assertThat(caller.put(location, CONTENT).code()).isEqualTo("DIGEST_INVALID");
    assertThat(caller.put(location + "?digest=sha256:short", CONTENT).code())
        .isEqualTo("DIGEST_INVALID");
  }

  @Test
  void cancelsAnUpload() throws IOException {
    start();
    String location = beginUpload();
    assertThat(caller.delete(location).status()).isEqualTo(204);
    assertThat(caller.get(location).code()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
    assertThat(caller.patch(location, CONTENT).status()).isEqualTo(404);
  }

  @Test
  void forgetsTheOldestOfVeryManyUploads() throws IOException {
    start();
    String first = beginUpload();
    String second = beginUpload();
    for (int i = 0; i < 999; i++) {
      beginUpload();
    }
    assertThat(caller.get(first).status()).isEqualTo(404);
    assertThat(caller.get(second).status()).isEqualTo(204);
  }

  @Test
  void goesOnWithAnUploadThatWasInterrupted() throws IOException {
    start();
    String location = beginUpload();
    try (RawClient client = new RawClient(registry.address())) {
      client.send("PATCH " + location + " HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n0123");
      client.finishSending();
      assertThat(client.readToEnd()).isEmpty();
    }
    Caller.Answer status = caller.get(location);
    assertThat(status.header("Range")).contains("0-3");
    assertThat(caller.patch(location, CONTENT.slice(4, 10), "Content-Range", "4-9").status())
        .isEqualTo(202);
    assertStored(caller.put(location + "?digest=" + DIGEST, Bytes.EMPTY));
  }

  @Test
  void knowsAnUploadOnlyInItsRepository() throws IOException {
    start();
    String location = beginUpload().replace("/app/", "/other/");
    assertThat(caller.patch(location, CONTENT).code()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void mountsABlobOfAnotherRepository() throws IOException {
    start();
    registry.repository("base").putBlob(CONTENT);
    assertStored(caller.post("/v2/app/blobs/uploads/?mount=" + DIGEST + "&from=base", Bytes.EMPTY));
  }

  @Test
  void beginsAnUploadForABlobThatCannotBeMounted() throws IOException {
    start();
    Caller.Answer answer =
        caller.post("/v2/app/blobs/uploads/?mount=" + DIGEST + "&from=base", Bytes.EMPTY);
    assertThat(answer.status()).isEqualTo(202);
    assertStored(
        caller.put(answer.header("Location").orElseThrow() + "?digest=" + DIGEST, CONTENT));
  }

  @Test
  void beginsAnUploadForAMountThatDoesNotSayFromWhere() throws IOException {
    start();
    registry.repository("base").putBlob(CONTENT);
    Caller.Answer answer = caller.post("/v2/app/blobs/uploads/?mount=" + DIGEST, Bytes.EMPTY);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(registry.repository("app").blobs()).isEmpty();
    assertStored(
        caller.put(answer.header("Location").orElseThrow() + "?digest=" + DIGEST, CONTENT));
  }

  @Test
  void givesUploadLocationsAsDockerDoes() throws IOException {
    start(EmbeddedRegistry.options().dockerLocations());
    String location = beginUpload();
    assertThat(location).startsWith(registry.uri() + "/v2/app/blobs/uploads/").contains("?_state=");
    assertStored(caller.put(location + "&digest=" + DIGEST, CONTENT));
  }

  @Test
  void announcesTheSmallestChunkItWants() throws IOException {
    start(EmbeddedRegistry.options().minChunkBytes(1_000));
    assertThat(caller.post("/v2/app/blobs/uploads/", Bytes.EMPTY).header("OCI-Chunk-Min-Length"))
        .contains("1000");
  }

  @Test
  void limitsBlobs() throws IOException {
    start(EmbeddedRegistry.options().maxBlobBytes(9));
    assertThat(caller.post("/v2/app/blobs/uploads/?digest=" + DIGEST, CONTENT).status())
        .isEqualTo(413);
    String location = beginUpload();
    assertThat(caller.patch(location, CONTENT.slice(0, 6)).status()).isEqualTo(202);
    assertThat(caller.patch(location, CONTENT.slice(6, 10)).status()).isEqualTo(413);
  }

  @Test
  void limitsMemory() throws IOException {
    start(EmbeddedRegistry.options().maxMemoryBytes(15));
    assertThat(caller.post("/v2/app/blobs/uploads/?digest=" + DIGEST, CONTENT).status())
        .isEqualTo(201);
    Bytes more = Bytes.utf8("abcdefghij");
    String path = "/v2/app/blobs/uploads/?digest=" + Digest.sha256(more);
    assertThat(caller.post(path, more).status()).isEqualTo(413);
    assertThat(caller.delete("/v2/app/blobs/" + DIGEST).status()).isEqualTo(202);
    assertThat(caller.post(path, more).status()).isEqualTo(201);
  }

  // ---- manifests

  @Test
  void takesAnImage() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    Caller.Answer answer = caller.push("app", image, "v1");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Docker-Content-Digest")).contains(image.digest().toString());
    assertThat(caller.get(answer.header("Location").orElseThrow()).body())
        .isEqualTo(image.manifest());
    assertThat(answer.header("OCI-Subject")).isEmpty();
    assertThat(registry.repository("app").tags()).containsExactly("v1");
  }

  @Test
  void takesAnIndexADockerImageAndAnArtifact() throws IOException {
    start();
    assertThat(caller.push("app", SampleImage.twoPlatforms("x"), "index").status()).isEqualTo(201);
    assertThat(caller.push("app", SampleImage.dockerImage("x"), "docker").status()).isEqualTo(201);
    SampleImage artifact = SampleImage.artifact("application/vnd.example", "text/plain", CONTENT);
    assertThat(caller.push("app", artifact, "artifact").status()).isEqualTo(201);
    assertThat(caller.push("app", SampleImage.index(), "empty").status()).isEqualTo(201);
  }

  @Test
  void takesAManifestWithoutLayersAndWithFieldsItDoesNotKnow() throws IOException {
    start();
    registry.repository("app").putBlob(CONTENT);
    Bytes manifest =
        Bytes.utf8(
            "{ \"schemaVersion\" : 2, \"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                + "\"size\":10,\"data\":\"MDEyMzQ1Njc4OQ==\",\"later\":null,\"digest\":\""
                + DIGEST
                + "\"},\"layers\":[],\"later\":[1.50,{}] }");
    assertThat(putManifest(MediaType.OCI_MANIFEST, manifest).status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/manifests/v1").body()).isEqualTo(manifest);
    assertThat(caller.get("/v2/app/manifests/" + Digest.sha256(manifest)).body())
        .isEqualTo(manifest);
  }

  @Test
  void takesAManifestByADigestOfAnyAlgorithmWithTags() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    image.pushTo(registry.repository("app"));
    Digest digest = Digest.of(HashAlgorithm.SHA512, image.manifest());
    Caller.Answer answer = caller.putManifest("app", digest + "?tag=a&tag=b", image);
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Docker-Content-Digest")).contains(digest.toString());
    assertThat(answer.header("OCI-Tag")).contains("a, b");
    assertThat(caller.get("/v2/app/manifests/b").header("Docker-Content-Digest"))
        .contains(digest.toString());
  }

  @Test
  void refusesAManifestWithoutItsBlobs() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    Caller.Answer answer = caller.putManifest("app", "v1", image);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("MANIFEST_BLOB_UNKNOWN");
    assertThat(registry.repository("app").tags()).isEmpty();
  }

  @Test
  void takesAManifestWithoutItsBlobsWhenToldTo() throws IOException {
    start(EmbeddedRegistry.options().blobsNotRequired());
    assertThat(caller.putManifest("app", "v1", SampleImage.image("hello")).status()).isEqualTo(201);
  }

  @Test
  void refusesAnIndexWithoutItsManifests() throws IOException {
    start();
    Caller.Answer answer = caller.putManifest("app", "v1", SampleImage.twoPlatforms("hello"));
    assertThat(answer.code()).isEqualTo("MANIFEST_BLOB_UNKNOWN");
  }

  @Test
  void takesAnIndexWithoutItsManifestsWhenToldTo() throws IOException {
    start(EmbeddedRegistry.options().childrenNotRequired());
    assertThat(caller.putManifest("app", "v1", SampleImage.twoPlatforms("hello")).status())
        .isEqualTo(201);
  }

  @Test
  void doesNotAskForLayersThatMustNotBeDistributed() throws IOException {
    start();
    Bytes config = Bytes.utf8("{}");
    registry.repository("app").putBlob(config);
    Bytes manifest =
        Bytes.utf8(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\","
                + "\"size\":2,\"digest\":\""
                + Digest.sha256(config)
                + "\"},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer"
                + ".nondistributable.v1.tar+gzip\",\"size\":5,\"digest\":\""
                + DIGEST
                + "\"}]}");
    assertThat(putManifest(MediaType.OCI_MANIFEST, manifest).status()).isEqualTo(201);
  }

  private Caller.Answer putManifest(MediaType type, Bytes content) throws IOException {
    return caller.put("/v2/app/manifests/v1", content, "Content-Type", type.value());
  }

  @Test
  void refusesAManifestOfAnotherDigest() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    image.pushTo(registry.repository("app"));
    assertThat(caller.putManifest("app", DIGEST.toString(), image).code())
        .isEqualTo("DIGEST_INVALID");
    assertThat(caller.putManifest("app", "sha256:baddigeststring", image).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "{}",
        "{\"schemaVersion\":1}",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"config\":{},\"layers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:x\",\"size\":1},\"layers\":[]}",
        "{\"schemaVersion\":2,\"schemaVersion\":2,\"layers\":[]}",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}"
      })
  void refusesMalformedManifests(String text) throws IOException {
    start();
    Caller.Answer answer = putManifest(MediaType.OCI_MANIFEST, Bytes.utf8(text));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("MANIFEST_INVALID");
  }

  @Test
  void refusesADocumentThatCouldBeBothImageAndIndex() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    image.pushTo(registry.repository("app"));
    Bytes both =
        Bytes.concat(
            image.manifest().slice(0, image.manifest().size() - 1),
            Bytes.utf8(",\"manifests\":[]}"));
    assertThat(putManifest(MediaType.OCI_MANIFEST, both).code()).isEqualTo("MANIFEST_INVALID");
    Bytes index = SampleImage.index().manifest();
    Bytes otherWay = Bytes.concat(index.slice(0, index.size() - 1), Bytes.utf8(",\"layers\":[]}"));
    assertThat(putManifest(MediaType.OCI_INDEX, otherWay).code()).isEqualTo("MANIFEST_INVALID");
  }

  @Test
  void refusesAWrongSizeInADescriptor() throws IOException {
    start();
    Digest config = registry.repository("app").putBlob(CONTENT);
    Bytes manifest =
        Bytes.utf8(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x/y\",\"size\":9,\"digest\":\""
                + config
                + "\"},\"layers\":[]}");
    assertThat(putManifest(MediaType.OCI_MANIFEST, manifest).code()).isEqualTo("MANIFEST_INVALID");
  }

  @Test
  void refusesUnknownMediaTypesUnlessToldOtherwise() throws IOException {
    start();
    Bytes document = Bytes.utf8("anything");
    MediaType type = new MediaType("application/vnd.example+json");
    assertThat(putManifest(type, document).code()).isEqualTo("MANIFEST_INVALID");
    stop();
    start(EmbeddedRegistry.options().anyManifestType());
    assertThat(putManifest(type, document).status()).isEqualTo(201);
    assertThat(caller.get("/v2/app/manifests/v1").header("Content-Type")).contains(type.value());
  }

  @Test
  void refusesTagsOutsideTheGrammar() throws IOException {
    start();
    SampleImage image = SampleImage.image("hello");
    image.pushTo(registry.repository("app"));
    for (String tag : new String[] {"-a", ".a", "a%20b", "a".repeat(129)}) {
      assertThat(caller.putManifest("app", tag, image).status()).as(tag).isEqualTo(400);
    }
    assertThat(caller.putManifest("app", "a".repeat(128), image).status()).isEqualTo(201);
  }

  @Test
  void limitsManifests() throws IOException {
    start(EmbeddedRegistry.options().maxManifestBytes(100));
    Caller.Answer answer = caller.push("app", SampleImage.image("hello"), "v1");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.code()).isEqualTo("MANIFEST_INVALID");
  }

  @Test
  void takesManifestsUpToTheUsualLimit() throws IOException {
    start();
    SampleImage subject = SampleImage.image("hello");
    SampleImage large =
        SampleImage.referrer(
            subject, "text/plain", CONTENT, Map.of("large", "x".repeat(4_100_000)));
    assertThat(caller.push("app", large, "large").status()).isEqualTo(201);
    SampleImage larger =
        SampleImage.referrer(
            subject, "text/plain", CONTENT, Map.of("large", "x".repeat(4_200_000)));
    assertThat(caller.push("app", larger, "larger").status()).isEqualTo(413);
  }

  // ---- conditions

  @Test
  void movesATagOnlyFromWhereTheClientSawIt() throws IOException {
    start();
    SampleImage one = SampleImage.image("one");
    SampleImage two = SampleImage.image("two");
    one.pushTo(registry.repository("app"), "v1");
    two.pushTo(registry.repository("app"));
    String etagOne = "\"" + one.digest() + "\"";
    Caller.Answer moved = caller.putManifest("app", "v1", two, "If-Match", etagOne);
    assertThat(moved.status()).isEqualTo(201);
    assertThat(moved.header("ETag")).contains("\"" + two.digest() + "\"");
    assertThat(caller.putManifest("app", "v1", one, "If-Match", etagOne).status()).isEqualTo(412);
    assertThat(caller.putManifest("app", "v1", one, "If-Match", "*").status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "new", one, "If-Match", "*").status()).isEqualTo(412);
  }

  @Test
  void makesATagOnlyIfThereIsNone() throws IOException {
    start();
    SampleImage one = SampleImage.image("one");
    one.pushTo(registry.repository("app"));
    assertThat(caller.putManifest("app", "v1", one, "If-None-Match", "*").status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "v1", one, "If-None-Match", "*").status()).isEqualTo(412);
  }

  @Test
  void ignoresConditionsWhenToldTo() throws IOException {
    start(EmbeddedRegistry.options().withoutConditionalPut());
    SampleImage one = SampleImage.image("one");
    one.pushTo(registry.repository("app"), "v1");
    assertThat(caller.putManifest("app", "v1", one, "If-None-Match", "*").status()).isEqualTo(201);
    assertThat(caller.putManifest("app", "v1", one, "If-Match", "\"x\"").status()).isEqualTo(201);
  }
}
