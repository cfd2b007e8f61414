package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A repository as plain HTTP sees it, so that neither what is put in nor what is looked at depends
 * on the programs under test.
 *
 * @param host host and port
 */
record Shelf(String host, String name) {

  static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();

  /** Host and repository, as references begin. */
  String repository() {
    return host + "/" + name;
  }

  Image tagged(String tag) {
    return new Image(this, tag, digest(manifest(tag)));
  }

  /** Pushes content and returns its digest. */
  String putBlob(byte[] content) {
    String digest = digest(content);
    HttpResponse<byte[]> opened =
        send(request("/blobs/uploads/").POST(BodyPublishers.noBody()).build());
    assertThat(opened.statusCode()).as("upload to " + repository()).isEqualTo(202);
    URI location = opened.uri().resolve(opened.headers().firstValue("Location").orElseThrow());
    String separator = location.getRawQuery() == null ? "?" : "&";
    HttpResponse<byte[]> put =
        send(
            HttpRequest.newBuilder(URI.create(location + separator + "digest=" + digest))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(content))
                .build());
    assertThat(put.statusCode()).as("upload to " + repository()).isEqualTo(201);
    return digest;
  }

  /** Pushes a manifest and returns its digest. */
  String putManifest(String tagOrDigest, String mediaType, String json) {
    byte[] content = json.getBytes(StandardCharsets.UTF_8);
    HttpResponse<byte[]> put =
        send(
            request("/manifests/" + tagOrDigest)
                .header("Content-Type", mediaType)
                .PUT(BodyPublishers.ofByteArray(content))
                .build());
    assertThat(put.statusCode())
        .as(() ->
            "manifest to " + repository() + ": " + new String(put.body(), StandardCharsets.UTF_8))
        .isEqualTo(201);
    return digest(content);
  }

  byte[] manifest(String tagOrDigest) {
    HttpResponse<byte[]> found = getManifest(tagOrDigest);
    assertThat(found.statusCode())
        .as("status of manifest " + tagOrDigest + " in " + repository())
        .isEqualTo(200);
    return found.body();
  }

  boolean hasManifest(String tagOrDigest) {
    int status = getManifest(tagOrDigest).statusCode();
    assertThat(status).isIn(200, 404);
    return status == 200;
  }

  byte[] blob(String digest) {
    HttpResponse<byte[]> found = send(request("/blobs/" + digest).GET().build());
    assertThat(found.statusCode()).as("status of blob " + digest).isEqualTo(200);
    return found.body();
  }

  /** The answer of the referrers API. */
  byte[] referrers(String digest) {
    HttpResponse<byte[]> found = send(request("/referrers/" + digest).GET().build());
    assertThat(found.statusCode()).as("status of referrers").isEqualTo(200);
    return found.body();
  }

  private HttpResponse<byte[]> getManifest(String tagOrDigest) {
    return send(
        request("/manifests/" + tagOrDigest)
            .header("Accept", String.join(",", OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST))
            .GET()
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + host + "/v2/" + name + path))
        .timeout(Duration.ofSeconds(30));
  }

  private static HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return CLIENT.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
