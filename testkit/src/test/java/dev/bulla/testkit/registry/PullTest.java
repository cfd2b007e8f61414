package dev.bulla.testkit.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullTest extends RegistryTest {

  private static final Digest NOWHERE = Digest.sha256(Bytes.utf8("nowhere"));

  private final SampleImage image = SampleImage.image("pull");

  @BeforeEach
  void begin() throws IOException {
    start();
    image.pushTo(registry.repository("team/app"), "v1");
  }

  @Test
  void saysThatItIsARegistry() throws IOException {
    Caller.Answer answer = caller.get("/v2/");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Docker-Distribution-API-Version")).contains("registry/2.0");
    assertThat(caller.head("/v2/").status()).isEqualTo(200);
    assertThat(caller.get("/v2").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "DIGEST"})
  void pullsAManifestByTagAndDigest(String reference) throws IOException {
    String name = reference.equals("v1") ? reference : image.digest().toString();
    Caller.Answer answer = caller.get("/v2/team/app/manifests/" + name);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(image.manifest());
    assertThat(answer.header("Content-Type")).contains(image.mediaType().value());
    assertThat(answer.header("Docker-Content-Digest")).contains(image.digest().toString());
    assertThat(answer.header("ETag")).contains("\"" + image.digest() + "\"");

    Caller.Answer head = caller.head("/v2/team/app/manifests/" + name);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body().isEmpty()).isTrue();
    assertThat(head.header("Content-Length")).contains(Integer.toString(image.manifest().size()));
    assertThat(head.headers().map()).isEqualTo(answer.headers().map());
  }

  @Test
  void pullsBlobs() throws IOException {
    for (var blob : image.blobs().entrySet()) {
      String path = "/v2/team/app/blobs/" + blob.getKey();
      Caller.Answer answer = caller.get(path);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(blob.getValue());
      assertThat(answer.header("Docker-Content-Digest")).contains(blob.getKey().toString());
      Caller.Answer head = caller.head(path);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("Content-Length")).contains(Integer.toString(blob.getValue().size()));
    }
  }

  @Test
  void answersAConditionalPullWithNotModified() throws IOException {
    String etag = "\"" + image.digest() + "\"";
    for (String reference : new String[] {"v1", image.digest().toString()}) {
      Caller.Answer same = caller.get("/v2/team/app/manifests/" + reference, "If-None-Match", etag);
      assertThat(same.status()).isEqualTo(304);
      assertThat(same.body().isEmpty()).isTrue();
      assertThat(same.header("ETag")).contains(etag);
    }
    Caller.Answer changed =
        caller.get("/v2/team/app/manifests/v1", "If-None-Match", "\"" + NOWHERE + "\"");
    assertThat(changed.status()).isEqualTo(200);
  }

  @Test
  void saysWhichTagIsUnknown() throws IOException {
    Caller.Answer answer = caller.get("/v2/team/app/manifests/nope");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\","
                + "\"detail\":{\"Tag\":\"nope\"}}]}");
    assertThat(caller.head("/v2/team/app/manifests/nope").status()).isEqualTo(404);
  }

  @Test
  void saysWhichManifestIsUnknown() throws IOException {
    Caller.Answer answer = caller.get("/v2/team/app/manifests/" + NOWHERE);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\","
                + "\"detail\":{\"Name\":\"team/app\",\"Revision\":\""
                + NOWHERE
                + "\"}}]}");
  }

  @Test
  void saysWhichBlobIsUnknown() throws IOException {
    Caller.Answer answer = caller.get("/v2/team/app/blobs/" + NOWHERE);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .isEqualTo(
            "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"blob unknown to registry\","
                + "\"detail\":\""
                + NOWHERE
                + "\"}]}");
    assertThat(caller.head("/v2/team/app/blobs/" + NOWHERE).status()).isEqualTo(404);
  }

  @Test
  void keepsRepositoriesApart() throws IOException {
    Digest blob = image.blobs().keySet().iterator().next();
    assertThat(caller.get("/v2/other/blobs/" + blob).code()).isEqualTo("BLOB_UNKNOWN");
    assertThat(caller.get("/v2/other/manifests/v1").code()).isEqualTo("MANIFEST_UNKNOWN");
    assertThat(caller.get("/v2/other/manifests/" + image.digest()).code())
        .isEqualTo("MANIFEST_UNKNOWN");
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/UPPER/manifests/v1, 400, NAME_INVALID",
    "/v2/a..b/manifests/v1, 400, NAME_INVALID",
    "/v2/%2e%2e/%2e%2e/manifests/v1, 400, NAME_INVALID",
    "/v2/a//b/manifests/v1, 400, NAME_INVALID",
    "/v2/-a/tags/list, 400, NAME_INVALID",
    "/v2/team/app/blobs/sha256:zz, 400, DIGEST_INVALID",
    "/v2/team/app/blobs/md5:00, 400, DIGEST_INVALID",
    "/v2/team/app/manifests/sha256:baddigeststring, 400, DIGEST_INVALID",
    "/v2/team/app/referrers/nothing, 400, DIGEST_INVALID",
    "/v2/team/app/manifests/%2e%2e, 404, MANIFEST_UNKNOWN"
  })
  void refusesNamesOutsideTheGrammar(String path, int status, String code) throws IOException {
    Caller.Answer answer = caller.get(path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/", "/v2/app", "/v2/app/unknown/x", "/v2/app/tags/other", "/v3"})
  void knowsNoOtherPaths(String path) throws IOException {
    assertThat(caller.get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v2/team/app/manifests/v1",
    "PUT, /v2/team/app/blobs/@",
    "DELETE, /v2/team/app/tags/list",
    "PUT, /v2/",
    "GET, /v2/team/app/blobs/uploads/"
  })
  void refusesOtherMethods(String method, String path) throws IOException {
    Caller.Answer answer = caller.send(method, path.replace("@", NOWHERE.toString()), Bytes.EMPTY);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.code()).isEqualTo("UNSUPPORTED");
    assertThat(answer.header("Allow")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=2-5, 206, bytes 2-5/20, 2345",
    "bytes=15-, 206, bytes 15-19/20, fghij",
    "bytes=-3, 206, bytes 17-19/20, hij",
    "bytes=18-99, 206, bytes 18-19/20, ij",
    "bytes=0-0, 206, bytes 0-0/20, 0",
    "bytes=-99, 206, bytes 0-19/20, 0123456789abcdefghij"
  })
  void pullsPartOfABlob(String range, int status, String contentRange, String content)
      throws IOException {
    Digest digest = registry.repository("team/app").putBlob(Bytes.utf8("0123456789abcdefghij"));
    Caller.Answer answer = caller.get("/v2/team/app/blobs/" + digest, "Range", range);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Range")).contains(contentRange);
    assertThat(answer.text()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=20-", "bytes=5-2", "bytes=-0", "bytes=-"})
  void refusesRangesThatHoldNothing(String range) throws IOException {
    Digest digest = registry.repository("team/app").putBlob(Bytes.utf8("0123456789abcdefghij"));
    Caller.Answer answer = caller.get("/v2/team/app/blobs/" + digest, "Range", range);
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("Content-Range")).contains("bytes */20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-1,3-4", "lines=1-2", "bytes=a-b"})
  void answersRangesItDoesNotKnowWithTheWhole(String range) throws IOException {
    Digest digest = registry.repository("team/app").putBlob(Bytes.utf8("0123456789"));
    Caller.Answer answer = caller.get("/v2/team/app/blobs/" + digest, "Range", range);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("0123456789");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha384", "sha512"})
  void knowsThreeDigestAlgorithms(String name) throws IOException {
    Bytes content = Bytes.utf8("content");
    Digest digest = Digest.of(HashAlgorithm.named(name).orElseThrow(), content);
    assertThat(caller.post("/v2/team/app/blobs/uploads/?digest=" + digest, content).status())
        .isEqualTo(201);
    assertThat(caller.get("/v2/team/app/blobs/" + digest).body()).isEqualTo(content);
  }

  @Test
  void hidesManifestsFromClientsThatDoNotAskForTheirTypeIfItIsStrict() throws IOException {
    try (EmbeddedRegistry strict =
            EmbeddedRegistry.start(EmbeddedRegistry.options().strictAccept());
        Caller other = new Caller(strict)) {
      image.pushTo(strict.repository("app"), "v1");
      assertThat(other.get("/v2/app/manifests/v1").status()).isEqualTo(404);
      assertThat(
              other
                  .get(
                      "/v2/app/manifests/v1",
                      "Accept",
                      "application/json",
                      "Accept",
                      image.mediaType() + ";q=0.5, text/plain")
                  .status())
          .isEqualTo(200);
    }
  }
}
