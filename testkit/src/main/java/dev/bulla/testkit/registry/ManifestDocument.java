package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a registry has to know of a manifest or index: what it refers to. Everything else is bytes.
 *
 * <p>Source: OCI image-spec 1.1, manifest.md and image-index.md.
 */
final class ManifestDocument {

  /** A manifest or blob that a manifest refers to. */
  record Part(String mediaType, Digest digest, long size, boolean kept) {}

  private final String mediaType;
  private final List<Part> blobs;
  private final List<Part> children;
  private final @Nullable Digest subject;
  private final @Nullable String artifactType;
  private final JsonObject annotations;

  private ManifestDocument(
      String mediaType,
      List<Part> blobs,
      List<Part> children,
      @Nullable Digest subject,
      @Nullable String artifactType,
      JsonObject annotations) {
    this.mediaType = mediaType;
    this.blobs = blobs;
    this.children = children;
    this.subject = subject;
    this.artifactType = artifactType;
    this.annotations = annotations;
  }

  /**
   * Reads a document of one of the four known types.
   *
   * @throws ApiException when it is not one
   */
  static ManifestDocument parse(String mediaType, Bytes body) throws ApiException {
    try {
      JsonObject root = JsonParser.parseObject(body, "manifest");
      if (!(root.get("schemaVersion").orElse(JsonNumber.of(0)) instanceof JsonNumber version)
          || !version.text().equals("2")) {
        throw new MalformedInputException("manifest", "schemaVersion is not 2");
      }
      Optional<String> own = Json.string(root, "mediaType");
      if (own.isPresent() && !own.get().equals(mediaType)) {
        throw new MalformedInputException("manifest", "mediaType differs from Content-Type");
      }
      MediaType type = new MediaType(mediaType);
      if (type.isIndex()) {
        refuse(root, "layers", "config");
        return new ManifestDocument(
            mediaType,
            List.of(),
            parts(root, "manifests"),
            subject(root, mediaType),
            nonEmpty(Json.string(root, "artifactType")),
            annotations(root));
      }
      if (type.isImageManifest()) {
        refuse(root, "manifests");
        List<Part> blobs = new ArrayList<>();
        JsonObject config =
            Json.object(root, "config")
                .orElseThrow(() -> new MalformedInputException("manifest", "no config"));
        blobs.add(part(config));
        blobs.addAll(parts(root, "layers"));
        String artifactType = nonEmpty(Json.string(root, "artifactType"));
        return new ManifestDocument(
            mediaType,
            blobs,
            List.of(),
            subject(root, mediaType),
            artifactType == null ? nonEmpty(Json.string(config, "mediaType")) : artifactType,
            annotations(root));
      }
      throw new MalformedInputException("manifest", "unknown media type");
    } catch (MalformedInputException e) {
      throw ApiException.manifestInvalid(e.message());
    }
  }

  /** A document of a type nobody knows: bytes only. */
  static ManifestDocument opaque(String mediaType) {
    return new ManifestDocument(mediaType, List.of(), List.of(), null, null, JsonObject.EMPTY);
  }

  /** What can be made of a document that was put here behind the API, and may be anything. */
  static ManifestDocument lenient(String mediaType, Bytes body) {
    try {
      return parse(mediaType, body);
    } catch (ApiException e) {
      return opaque(mediaType);
    }
  }

  /**
   * A document that could be read as the other kind too has two meanings, and a signature on it
   * none.
   */
  private static void refuse(JsonObject root, String... members) throws MalformedInputException {
    for (String member : members) {
      if (root.get(member).isPresent()) {
        throw new MalformedInputException("manifest", "unexpected member " + member);
      }
    }
  }

  private static List<Part> parts(JsonObject root, String member) throws MalformedInputException {
    if (!(root.get(member).orElse(JsonObject.EMPTY) instanceof JsonArray array)) {
      throw new MalformedInputException("manifest", member + " is not a list");
    }
    List<Part> parts = new ArrayList<>();
    for (JsonValue value : array.values()) {
      if (!(value instanceof JsonObject descriptor)) {
        throw new MalformedInputException("manifest", member + " holds no descriptors");
      }
      parts.add(part(descriptor));
    }
    return parts;
  }

  private static Part part(JsonObject descriptor) throws MalformedInputException {
    String mediaType = Json.string(descriptor, "mediaType").orElse("");
    Digest digest = digest(descriptor);
    if (!(descriptor.get("size").orElse(JsonObject.EMPTY) instanceof JsonNumber size)
        || size.longValue() < 0) {
      throw new MalformedInputException("descriptor", "no size");
    }
    boolean elsewhere =
        mediaType.contains(".nondistributable.")
            || mediaType.contains(".foreign.")
            || (descriptor.get("urls").orElse(JsonArray.EMPTY) instanceof JsonArray urls
                && !urls.isEmpty());
    return new Part(mediaType, digest, size.longValue(), !elsewhere);
  }

  private static Digest digest(JsonObject descriptor) throws MalformedInputException {
    return Digest.parse(
        Json.string(descriptor, "digest")
            .orElseThrow(() -> new MalformedInputException("descriptor", "no digest")));
  }

  /** Docker's types have no subject; a member of that name means nothing there. */
  private static @Nullable Digest subject(JsonObject root, String mediaType)
      throws MalformedInputException {
    boolean oci =
        mediaType.equals(MediaType.OCI_MANIFEST.value())
            || mediaType.equals(MediaType.OCI_INDEX.value());
    Optional<JsonObject> subject = Json.object(root, "subject");
    return oci && subject.isPresent() ? digest(subject.get()) : null;
  }

  private static JsonObject annotations(JsonObject root) throws MalformedInputException {
    JsonObject annotations = Json.object(root, "annotations").orElse(JsonObject.EMPTY);
    for (JsonObject.Member member : annotations.members()) {
      if (!(member.value() instanceof JsonString)) {
        throw new MalformedInputException("manifest", "an annotation is not a string");
      }
    }
    return annotations;
  }

  private static @Nullable String nonEmpty(Optional<String> text) {
    return text.filter(t -> !t.isEmpty()).orElse(null);
  }

  String mediaType() {
    return mediaType;
  }

  /** Config and layers. */
  List<Part> blobs() {
    return blobs;
  }

  /** The manifests of an index. */
  List<Part> children() {
    return children;
  }

  Optional<Digest> subject() {
    return Optional.ofNullable(subject);
  }

  /**
   * The entry of this document in a list of referrers (distribution-spec 1.1, "Listing Referrers").
   */
  JsonObject asReferrer(Digest digest, long size) {
    JsonObject.Builder entry =
        JsonObject.builder()
            .put("mediaType", mediaType)
            .put("size", size)
            .put("digest", digest.toString());
    if (!annotations.isEmpty()) {
      entry.put("annotations", annotations);
    }
    if (artifactType != null) {
      entry.put("artifactType", artifactType);
    }
    return entry.build();
  }
}
