package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.MediaType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small but real images, indexes and artifacts. The same arguments give the same bytes on every
 * machine and every Java version.
 */
public final class SampleImage {

  private final MediaType mediaType;
  private final Bytes manifest;
  private final Map<Digest, Bytes> blobs;
  private final List<SampleImage> children;
  private final JsonObject platform;

  private SampleImage(
      MediaType mediaType,
      Bytes manifest,
      Map<Digest, Bytes> blobs,
      List<SampleImage> children,
      JsonObject platform) {
    this.mediaType = mediaType;
    this.manifest = manifest;
    this.blobs = Map.copyOf(blobs);
    this.children = List.copyOf(children);
    this.platform = platform;
  }

  /** An image for linux/amd64 whose one layer holds a file with the text. */
  public static SampleImage image(String text) {
    return image("linux", "amd64", text);
  }

  /** As the other form, for another platform. */
  public static SampleImage image(String os, String architecture, String text) {
    return build(os, architecture, text, MediaType.OCI_MANIFEST);
  }

  /** The same with the media types of Docker schema 2. */
  public static SampleImage dockerImage(String text) {
    return build("linux", "amd64", text, MediaType.DOCKER_MANIFEST);
  }

  private static SampleImage build(
      String os, String architecture, String text, MediaType mediaType) {
    boolean docker = mediaType.equals(MediaType.DOCKER_MANIFEST);
    Bytes tar = TarGzip.tar("hello.txt", Bytes.utf8(text + "\n"));
    Bytes layer = TarGzip.gzip(tar);
    JsonObject platform =
        JsonObject.builder().put("architecture", architecture).put("os", os).build();
    Bytes config =
        Json.write(
            JsonObject.builder()
                .put("created", "2020-01-01T00:00:00Z")
                .put("architecture", architecture)
                .put("os", os)
                .put(
                    "config",
                    JsonObject.builder()
                        .put("Cmd", JsonArray.of(new JsonString("/hello.txt")))
                        .build())
                .put(
                    "rootfs",
                    JsonObject.builder()
                        .put("type", "layers")
                        .put(
                            "diff_ids", JsonArray.of(new JsonString(Digest.sha256(tar).toString())))
                        .build())
                .build());
    MediaType configType = docker ? MediaType.DOCKER_CONFIG : MediaType.OCI_CONFIG;
    MediaType layerType =
        docker
            ? new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
            : MediaType.OCI_LAYER_GZIP;
    Bytes manifest =
        Json.write(
            JsonObject.builder()
                .put("schemaVersion", 2)
                .put("mediaType", mediaType.value())
                .put("config", descriptor(configType, config))
                .put("layers", JsonArray.of(descriptor(layerType, layer)))
                .build());
    return new SampleImage(mediaType, manifest, byDigest(config, layer), List.of(), platform);
  }

  /** An index of images or of further indexes. */
  public static SampleImage index(SampleImage... children) {
    List<JsonValue> entries = new ArrayList<>();
    for (SampleImage child : children) {
      JsonObject.Builder entry =
          JsonObject.builder()
              .put("mediaType", child.mediaType.value())
              .put("size", child.manifest.size())
              .put("digest", child.digest().toString());
      if (!child.platform.isEmpty()) {
        entry.put("platform", child.platform);
      }
      entries.add(entry.build());
    }
    Bytes manifest =
        Json.write(
            JsonObject.builder()
                .put("schemaVersion", 2)
                .put("mediaType", MediaType.OCI_INDEX.value())
                .put("manifests", JsonArray.of(entries))
                .build());
    return new SampleImage(
        MediaType.OCI_INDEX, manifest, Map.of(), List.of(children), JsonObject.EMPTY);
  }

  /** An index of linux/amd64 and linux/arm64. */
  public static SampleImage twoPlatforms(String text) {
    return index(image("linux", "amd64", text), image("linux", "arm64", text));
  }

  /** An artifact of one layer with an empty config, as image-spec 1.1 wants them. */
  public static SampleImage artifact(String artifactType, String layerType, Bytes content) {
    return artifact(artifactType, layerType, content, JsonObject.EMPTY, JsonObject.EMPTY);
  }

  /** An artifact that refers to a subject, with annotations. */
  public static SampleImage referrer(
      SampleImage subject, String artifactType, Bytes content, Map<String, String> annotations) {
    return artifact(
        artifactType,
        artifactType,
        content,
        JsonObject.sortedStrings(annotations),
        subject.descriptor());
  }

  private static SampleImage artifact(
      String artifactType,
      String layerType,
      Bytes content,
      JsonObject annotations,
      JsonObject subject) {
    Bytes config = Bytes.utf8("{}");
    JsonObject.Builder manifest =
        JsonObject.builder()
            .put("schemaVersion", 2)
            .put("mediaType", MediaType.OCI_MANIFEST.value())
            .put("config", descriptor(MediaType.OCI_EMPTY, config))
            .put("layers", JsonArray.of(descriptor(new MediaType(layerType), content)));
    if (!annotations.isEmpty()) {
      manifest.put("annotations", annotations);
    }
    if (!subject.isEmpty()) {
      manifest.put("subject", subject);
    }
    manifest.put("artifactType", artifactType);
    return new SampleImage(
        MediaType.OCI_MANIFEST,
        Json.write(manifest.build()),
        byDigest(config, content),
        List.of(),
        JsonObject.EMPTY);
  }

  private static JsonObject descriptor(MediaType mediaType, Bytes content) {
    return JsonObject.builder()
        .put("mediaType", mediaType.value())
        .put("size", content.size())
        .put("digest", Digest.sha256(content).toString())
        .build();
  }

  private static Map<Digest, Bytes> byDigest(Bytes... contents) {
    Map<Digest, Bytes> found = new LinkedHashMap<>();
    for (Bytes content : contents) {
      found.put(Digest.sha256(content), content);
    }
    return found;
  }

  /** The digest of the manifest. */
  public Digest digest() {
    return Digest.sha256(manifest);
  }

  public MediaType mediaType() {
    return mediaType;
  }

  /** The manifest's bytes. */
  public Bytes manifest() {
    return manifest;
  }

  /** Config and layers; not those of children. */
  public Map<Digest, Bytes> blobs() {
    return blobs;
  }

  /** The manifests of an index. */
  public List<SampleImage> children() {
    return children;
  }

  /** Media type, size and digest. */
  public JsonObject descriptor() {
    return descriptor(mediaType, manifest);
  }

  /** Puts it and all it refers to into a repository, and points tags to it; returns its digest. */
  public Digest pushTo(StoredRepository repository, String... tags) {
    for (SampleImage child : children) {
      child.pushTo(repository);
    }
    blobs.forEach(repository::putBlob);
    return repository.putManifest(mediaType.value(), manifest, tags);
  }

  @Override
  public String toString() {
    return "SampleImage[" + digest() + "]";
  }
}
