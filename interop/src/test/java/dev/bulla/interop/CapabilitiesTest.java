package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What each registry can do, as docs/registries.md has it in its table. */
@OnEachRegistry
@DisplayName("capabilities")
final class CapabilitiesTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final RegistryKind kind;
  private final Shelf shelf;
  private final Image image;

  CapabilitiesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.shelf = bench.shelf(kind, "capabilities");
    this.image = Samples.image(shelf, "v1");
    Assumptions.assumeTrue(kind != RegistryKind.ZOT, "the table has no column for zot yet");
  }

  private boolean isDocker() {
    return kind == RegistryKind.DOCKER_REGISTRY;
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofByteArray());
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://" + shelf.host() + "/v2/" + shelf.name() + path));
  }

  private static BodyPublisher nothing() {
    return BodyPublishers.noBody();
  }

  @Test
  @DisplayName("referrers API")
  void referrers() throws Exception {
    assertThat(send(at("/referrers/" + image.digest())).statusCode())
        .isEqualTo(kind.listsReferrers() ? 200 : 404);
  }

  @Test
  @DisplayName("conditional PUT is ignored")
  void conditionalPut() throws Exception {
    byte[] manifest = shelf.manifest("v1");
    for (String[] condition :
        new String[][] {
          {"If-None-Match", "*"}, {"If-Match", "\"sha256:" + "0".repeat(64) + "\""}
        }) {
      HttpRequest.Builder put =
          at("/manifests/v1")
              .header("Content-Type", Shelf.OCI_MANIFEST)
              .header(condition[0], condition[1])
              .PUT(BodyPublishers.ofByteArray(manifest));
      assertThat(send(put).statusCode()).as(condition[0]).isEqualTo(201);
    }
  }

  @Test
  @DisplayName("304 for an unchanged manifest")
  void conditionalGet() throws Exception {
    HttpResponse<byte[]> first = send(at("/manifests/v1").header("Accept", Shelf.OCI_MANIFEST));
    String etag = first.headers().firstValue("ETag").orElse("");
    assertThat(etag.isEmpty()).isEqualTo(!isDocker());
    if (!etag.isEmpty()) {
      HttpRequest.Builder again =
          at("/manifests/v1").header("Accept", Shelf.OCI_MANIFEST).header("If-None-Match", etag);
      assertThat(send(again).statusCode()).isEqualTo(304);
    }
  }

  @Test
  @DisplayName("a blob in one POST")
  void singlePost() throws Exception {
    byte[] blob = ("one post " + kind).getBytes(UTF_8);
    HttpRequest.Builder post =
        at("/blobs/uploads/?digest=" + Shelf.digest(blob))
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofByteArray(blob));
    assertThat(send(post).statusCode()).isEqualTo(isDocker() ? 202 : 201);
  }

  @Test
  @DisplayName("a blob taken over, and a part of it")
  void mountAndRange() throws Exception {
    String digest = shelf.putBlob("taken over".getBytes(UTF_8));
    URI elsewhere =
        URI.create(
            "http://"
                + shelf.host()
                + "/v2/"
                + shelf.name()
                + "-other/blobs/uploads/?mount="
                + digest
                + "&from="
                + shelf.name());
    assertThat(send(HttpRequest.newBuilder(elsewhere).POST(nothing())).statusCode()).isEqualTo(201);
    HttpResponse<byte[]> part = send(at("/blobs/" + digest).header("Range", "bytes=6-9"));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).asString(UTF_8).isEqualTo("over");
  }

  @Test
  @DisplayName("deleting a tag")
  void deleteTag() throws Exception {
    Samples.image(shelf, "away");
    assertThat(send(at("/manifests/away").DELETE()).statusCode()).isEqualTo(isDocker() ? 400 : 202);
  }
}
