package dev.bulla.oci;

import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A pointer to content: what it is, how large, and its digest. Source: OCI image-spec 1.1,
 * descriptor.md.
 *
 * @param size bytes, not negative
 * @param data the content itself in base64, as written; never used, only kept when a manifest is
 *     written again
 * @param urls where else the content may be; never used, only kept
 * @param annotations sorted by key
 * @param platform the platform object of an index entry, as it stands there
 * @param artifactType what the content is for, when that is not its media type
 */
public record Descriptor(
    MediaType mediaType,
    long size,
    Digest digest,
    Optional<String> data,
    List<String> urls,
    Map<String, String> annotations,
    Optional<JsonObject> platform,
    Optional<String> artifactType) {

  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("negative size");
    }
    urls = List.copyOf(urls);
    annotations = java.util.Collections.unmodifiableMap(new TreeMap<>(annotations));
  }

  public Descriptor(MediaType mediaType, long size, Digest digest) {
    this(
        mediaType,
        size,
        digest,
        Optional.empty(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** This descriptor with other annotations. */
  public Descriptor withAnnotations(Map<String, String> replacement) {
    return new Descriptor(mediaType, size, digest, data, urls, replacement, platform, artifactType);
  }

  /** This descriptor with an artifact type. */
  public Descriptor withArtifactType(String type) {
    return new Descriptor(
        mediaType, size, digest, data, urls, annotations, platform, Optional.of(type));
  }

  static Descriptor parse(JsonObject object, String what) throws MalformedInputException {
    GoFields fields = GoFields.of(object, what);
    String mediaType = fields.string("mediaType").orElse("");
    if (!MediaType.isValid(mediaType)) {
      throw new MalformedInputException(what, "mediaType: not a media type");
    }
    long size = fields.int64("size").orElse(0);
    if (size < 0) {
      throw new MalformedInputException(what, "size: negative");
    }
    Digest digest;
    try {
      digest = Digest.parse(fields.requiredString("digest"));
    } catch (MalformedInputException e) {
      throw e.what().equals(what) ? e : e.in(what);
    }
    return new Descriptor(
        new MediaType(mediaType),
        size,
        digest,
        fields.string("data").filter(data -> !data.isEmpty()),
        fields.strings("urls"),
        fields.stringMap("annotations"),
        fields.object("platform"),
        fields.string("artifactType").filter(type -> !type.isEmpty()));
  }

  /**
   * Members in the order that Go clients write: mediaType, size, digest, data, urls, annotations,
   * platform, artifactType.
   */
  JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("mediaType", mediaType.value())
            .put("size", size)
            .put("digest", digest.toString());
    data.ifPresent(content -> json.put("data", content));
    if (!urls.isEmpty()) {
      json.put("urls", JsonArray.of(urls.stream().map(JsonString::new).toList()));
    }
    if (!annotations.isEmpty()) {
      json.put("annotations", JsonObject.sortedStrings(annotations));
    }
    platform.ifPresent(p -> json.put("platform", p));
    artifactType.ifPresent(type -> json.put("artifactType", type));
    return json.build();
  }
}
