package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** A repository of its own, and plain HTTP. */
record PlainRegistry(Bench bench, RegistryKind kind, Shelf shelf) {

  static final Map<String, String> OCTETS = Map.of("Content-Type", "application/octet-stream");

  private static final String MANIFEST = Shelf.OCI_MANIFEST;
  private static final String INDEX = Shelf.OCI_INDEX;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  String name() {
    return shelf.name();
  }

  PlainRegistry sibling() {
    return new PlainRegistry(bench, kind, bench.shelf(kind, "conformance"));
  }

  URI uri(String path) {
    return URI.create("http://" + shelf.host() + "/v2/" + shelf.name() + path);
  }

  HttpResponse<byte[]> get(String path) {
    return send("GET", URI.create("http://" + shelf.host() + path), null, Map.of());
  }

  HttpResponse<byte[]> send(String method, String path, String body) {
    return send(method, uri(path), body, Map.of("Content-Type", "application/octet-stream"));
  }

  HttpResponse<byte[]> send(String method, URI uri, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body, UTF_8));
    headers.forEach(request::header);
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String digest(String content) {
    return Shelf.digest(content.getBytes(UTF_8));
  }

  String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  /** The body of an error, which has a form of its own. */
  String errors(HttpResponse<byte[]> answer) {
    assertThat(text(answer)).contains("\"errors\"");
    return text(answer);
  }

  URI location(HttpResponse<byte[]> answer) {
    return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow());
  }

  URI next(HttpResponse<byte[]> page) {
    String link = page.headers().firstValue("Link").orElse("");
    return link.contains("rel=\"next\"")
        ? page.uri().resolve(link.substring(link.indexOf('<') + 1, link.indexOf('>')))
        : null;
  }

  URI begin() {
    HttpResponse<byte[]> begun = send("POST", "/blobs/uploads/", "");
    assertThat(begun.statusCode()).isEqualTo(202);
    return location(begun);
  }

  HttpResponse<byte[]> chunk(URI location, String range, String content) {
    return send(
        "PATCH",
        location,
        content,
        Map.of("Content-Type", "application/octet-stream", "Content-Range", range));
  }

  HttpResponse<byte[]> put(URI location, String content) {
    return send("PUT", with(location, digest(content)), content, OCTETS);
  }

  HttpResponse<byte[]> close(URI location, String digest) {
    return send("PUT", with(location, digest), "", OCTETS);
  }

  private static URI with(URI location, String digest) {
    return URI.create(location + (location.getRawQuery() == null ? "?" : "&") + "digest=" + digest);
  }

  void hasBlob(String content) {
    assertThat(send("GET", "/blobs/" + digest(content), null).body())
        .isEqualTo(content.getBytes(UTF_8));
  }

  HttpResponse<byte[]> push(String reference, String mediaType, String json) {
    return send("PUT", uri("/manifests/" + reference), json, Map.of("Content-Type", mediaType));
  }

  HttpResponse<byte[]> accept(String method, String reference) {
    return send(
        method, uri("/manifests/" + reference), null, Map.of("Accept", MANIFEST + ", " + INDEX));
  }

  /** Its blobs are there already; its layer is the text. */
  String image(String text, String more) {
    put(begin(), text);
    put(begin(), "{}");
    return manifest(
        descriptor(Shelf.OCI_CONFIG, "{}"),
        descriptor("application/vnd.oci.image.layer.v1.tar", text),
        more);
  }

  /** Of a configuration, and of layers with commas between them. */
  String manifest(String config, String layers, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + MANIFEST
        + "\",\"config\":"
        + config
        + ",\"layers\":["
        + layers
        + "]"
        + more
        + "}";
  }

  String index(String child) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + INDEX
        + "\",\"manifests\":["
        + descriptor(MANIFEST, child)
        + "]}";
  }

  String descriptor(String mediaType, String content) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"size\":"
        + content.length()
        + ",\"digest\":\""
        + digest(content)
        + "\"}";
  }

  String referrer(String subject, String artifactType) {
    return image(
        artifactType,
        ",\"artifactType\":\""
            + artifactType
            + "\",\"annotations\":{\"org.example.note\":\"x\"},\"subject\":"
            + descriptor(MANIFEST, subject));
  }
}
