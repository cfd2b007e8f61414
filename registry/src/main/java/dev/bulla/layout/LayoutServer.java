package dev.bulla.layout;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.TransportRequest;
import dev.bulla.registry.transport.TransportResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers for one folder what a registry would answer (distribution-spec 1.1): as much of it as our
 * own client asks for.
 */
final class LayoutServer {

  private static final int MAX_ANNOTATIONS = 2 << 20;

  private final OciLayout layout;
  private final LayoutContent content;
  private final String base;

  /**
   * @param name of the repository that the folder stands for
   */
  LayoutServer(OciLayout layout, String name) {
    this.layout = layout;
    this.content = layout.content();
    this.base = "/v2/" + name + "/";
  }

  TransportResponse answer(TransportRequest request) throws RegistryException {
    try {
      String path = request.url().path();
      if (!path.startsWith(base)) {
        return error(404, "NAME_UNKNOWN", "repository name not known");
      }
      String rest = path.substring(base.length());
      int slash = rest.indexOf('/');
      String what = slash < 0 ? rest : rest.substring(0, slash);
      String which = slash < 0 ? "" : rest.substring(slash + 1);
      return switch (what) {
        case "manifests" -> manifest(request, which);
        case "blobs" ->
            which.startsWith("uploads/") ? upload(request) : blob(request, Digest.parse(which));
        case "referrers" -> referrers(Digest.parse(which));
        case "tags" -> tags();
        default -> error(404, "NOT_FOUND", "not found");
      };
    } catch (IOException e) {
      if (layout.isWritable()) {
        layout.noteFailure(e);
      }
      throw new RegistryException(
          Kind.UNREACHABLE, Quoted.plain(layout.shown(), 1000) + ": " + OciLayout.reason(e), e);
    } catch (MalformedInputException e) {
      throw new RegistryException(
          Kind.BAD_RESPONSE, Quoted.plain(layout.shown(), 1000) + ": " + e.message(), e);
    }
  }

  // ---- reading

  private TransportResponse manifest(TransportRequest request, String tagOrDigest)
      throws IOException, MalformedInputException {
    if (request.method().equals("PUT")) {
      return putManifest(request, tagOrDigest);
    }
    if (!isRead(request)) {
      return error(405, "UNSUPPORTED", "the operation is unsupported");
    }
    Optional<Descriptor> found;
    if (tagOrDigest.indexOf(':') >= 0) {
      found = content.manifest(Digest.parse(tagOrDigest));
    } else {
      Optional<Descriptor> tagged = content.tagged(tagOrDigest);
      found = tagged.isEmpty() ? tagged : content.manifest(tagged.get().digest());
      if (tagged.isPresent() && found.isEmpty()) {
        throw new MalformedInputException(
            "OCI layout", tagged.get().digest() + " is listed and not there");
      }
    }
    // what is damaged in a folder that is being filled gets written again
    if (found.isEmpty() || (layout.isWritable() && !content.blobs().holds(found.get().digest()))) {
      return error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    }
    Descriptor descriptor = found.get();
    return content(request, descriptor.digest(), descriptor.size(), descriptor.mediaType());
  }

  private TransportResponse blob(TransportRequest request, Digest digest) throws IOException {
    if (!isRead(request)) {
      return error(405, "UNSUPPORTED", "the operation is unsupported");
    }
    Optional<Long> size = content.blobs().size(digest);
    boolean missing = size.isEmpty() || (layout.isWritable() && !content.blobs().holds(digest));
    return missing
        ? error(404, "BLOB_UNKNOWN", "blob unknown")
        : content(request, digest, size.get(), new MediaType("application/octet-stream"));
  }

  private static boolean isRead(TransportRequest request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  private TransportResponse content(
      TransportRequest request, Digest digest, long size, MediaType type) throws IOException {
    Headers headers =
        Headers.builder()
            .add("Content-Type", type.value())
            .add("Content-Length", Long.toString(size))
            .add("Docker-Content-Digest", digest.toString())
            .build();
    InputStream body =
        request.method().equals("HEAD")
            ? InputStream.nullInputStream()
            : content.blobs().open(digest, 0);
    return new TransportResponse(200, headers, size, body);
  }

  private TransportResponse referrers(Digest subject) throws IOException, MalformedInputException {
    List<Descriptor> found = new ArrayList<>();
    int annotations = 0;
    for (Descriptor referrer : content.referrers(subject)) {
      annotations += referrer.annotations().toString().length();
      found.add(
          annotations <= MAX_ANNOTATIONS ? referrer : referrer.withAnnotations(java.util.Map.of()));
    }
    return json(200, MediaType.OCI_INDEX.value(), new ImageIndex(found).toJson());
  }

  private TransportResponse tags() {
    List<JsonString> names = content.tags().stream().map(JsonString::new).toList();
    return json(
        200,
        "application/json",
        GoJson.write(
            JsonObject.builder().put("name", "layout").put("tags", JsonArray.of(names)).build()));
  }

  // ---- writing

  private TransportResponse upload(TransportRequest request)
      throws IOException, MalformedInputException {
    if (!layout.isWritable()) {
      return error(403, "DENIED", "the folder is only read");
    }
    Optional<Digest> digest = digest(request.url());
    if (request.method().equals("POST") && digest.isEmpty()) {
      return new TransportResponse(
          202,
          Headers.NONE.with("Location", base + "blobs/uploads/session"),
          0,
          InputStream.nullInputStream());
    }
    if (digest.isEmpty() || request.method().equals("PATCH")) {
      return error(405, "UNSUPPORTED", "blobs are taken in one piece");
    }
    boolean right;
    try (InputStream body = request.body().open()) {
      right =
          content.blobs().put(digest.get(), body, request.body().length().orElse(Long.MAX_VALUE));
    }
    return right
        ? created(digest.get(), false)
        : error(400, "DIGEST_INVALID", "the content has another digest");
  }

  private static Optional<Digest> digest(HttpUrl url) throws MalformedInputException {
    for (String parameter : url.query().split("&", -1)) {
      if (parameter.startsWith("digest=")) {
        return Optional.of(Digest.parse(parameter.substring(7).replace("%3A", ":")));
      }
    }
    return Optional.empty();
  }

  private TransportResponse putManifest(TransportRequest request, String tagOrDigest)
      throws IOException, MalformedInputException {
    if (!layout.isWritable()) {
      return error(403, "DENIED", "the folder is only read");
    }
    Bytes body;
    try (InputStream in = request.body().open()) {
      body = LimitedInput.readAll(in, Limits.MAX_MANIFEST, "manifest");
    }
    boolean byDigest = tagOrDigest.indexOf(':') >= 0;
    Digest digest = byDigest ? Digest.parse(tagOrDigest) : Digest.of(HashAlgorithm.SHA256, body);
    if (!content.blobs().put(digest, body.newInputStream(), body.size())) {
      return error(400, "DIGEST_INVALID", "the content has another digest");
    }
    boolean hasSubject =
        content.put(
            byDigest ? Optional.empty() : Optional.of(tagOrDigest),
            new MediaType(request.headers().first("Content-Type").orElse("")),
            digest,
            body);
    return created(digest, hasSubject);
  }

  private static TransportResponse created(Digest digest, boolean hasSubject) {
    Headers headers = Headers.NONE.with("Docker-Content-Digest", digest.toString());
    return new TransportResponse(
        201,
        hasSubject ? headers.with("OCI-Subject", "listed") : headers,
        0,
        InputStream.nullInputStream());
  }

  // ---- answers

  private static TransportResponse error(int status, String code, String message) {
    JsonObject error = JsonObject.builder().put("code", code).put("message", message).build();
    return json(
        status,
        "application/json",
        GoJson.write(JsonObject.builder().put("errors", JsonArray.of(List.of(error))).build()));
  }

  private static TransportResponse json(int status, String type, Bytes body) {
    return new TransportResponse(
        status, Headers.NONE.with("Content-Type", type), body.size(), body.newInputStream());
  }
}
