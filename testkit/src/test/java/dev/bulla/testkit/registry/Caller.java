package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A plain HTTP client without any knowledge of registries. */
final class Caller implements AutoCloseable {

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI root;

  Caller(EmbeddedRegistry registry) {
    this.root = registry.uri();
  }

  /** What came back. */
  record Answer(int status, java.net.http.HttpHeaders headers, Bytes body) {

    String text() {
      return new String(body.toByteArray(), StandardCharsets.UTF_8);
    }

    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    JsonObject json() {
      try {
        return JsonParser.parseObject(body, "answer");
      } catch (dev.bulla.error.MalformedInputException e) {
        throw new AssertionError("not JSON: " + text(), e);
      }
    }

    /** The code of the first error. */
    String code() {
      return ((JsonString)
              ((JsonObject) ((JsonArray) json().get("errors").orElseThrow()).values().get(0))
                  .get("code")
                  .orElseThrow())
          .value();
    }

    List<String> strings(String member) {
      List<String> found = new ArrayList<>();
      for (var value : ((JsonArray) json().get(member).orElseThrow()).values()) {
        found.add(((JsonString) value).value());
      }
      return found;
    }

    List<JsonObject> objects(String member) {
      List<JsonObject> found = new ArrayList<>();
      for (var value : ((JsonArray) json().get(member).orElseThrow()).values()) {
        found.add((JsonObject) value);
      }
      return found;
    }
  }

  Answer send(String method, String path, Bytes body, String... headers) throws IOException {
    try {
      return send(request(method, path, body, headers));
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response.headers(), Bytes.owning(response.body()));
  }

  HttpRequest request(String method, String path, Bytes body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  Answer get(String path, String... headers) throws IOException {
    return send("GET", path, Bytes.EMPTY, headers);
  }

  Answer head(String path, String... headers) throws IOException {
    return send("HEAD", path, Bytes.EMPTY, headers);
  }

  Answer post(String path, Bytes body, String... headers) throws IOException {
    return send("POST", path, body, headers);
  }

  Answer patch(String path, Bytes body, String... headers) throws IOException {
    return send("PATCH", path, body, headers);
  }

  Answer put(String path, Bytes body, String... headers) throws IOException {
    return send("PUT", path, body, headers);
  }

  Answer delete(String path, String... headers) throws IOException {
    return send("DELETE", path, Bytes.EMPTY, headers);
  }

  /** Pushes an image, its children and blobs the way clients do. */
  Answer push(String repository, SampleImage image, String reference) throws IOException {
    for (SampleImage child : image.children()) {
      push(repository, child, child.digest().toString());
    }
    for (var blob : image.blobs().entrySet()) {
      Answer answer =
          post("/v2/" + repository + "/blobs/uploads/?digest=" + blob.getKey(), blob.getValue());
      if (answer.status() != 201) {
        throw new AssertionError("blob: " + answer.status() + " " + answer.text());
      }
    }
    return putManifest(repository, reference, image);
  }

  Answer putManifest(String repository, String reference, SampleImage image, String... headers)
      throws IOException {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Content-Type";
    all[1] = image.mediaType().value();
    return put("/v2/" + repository + "/manifests/" + reference, image.manifest(), all);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
