package dev.bulla.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Pushes the manifests that get signed. */
final class Samples {

  private Samples() {}

  /** A plain image of one layer. */
  static Image image(Shelf shelf, String tag) {
    return new Image(shelf, tag, shelf.putManifest(tag, Shelf.OCI_MANIFEST, manifest(shelf, tag)));
  }

  /** An image without any layer. */
  static Image withoutLayers(Shelf shelf, String tag) {
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + Shelf.OCI_MANIFEST
            + "\",\"config\":"
            + config(shelf, "[]")
            + ",\"layers\":[]}";
    return new Image(shelf, tag, shelf.putManifest(tag, Shelf.OCI_MANIFEST, json));
  }

  /** An index of two images, for two platforms. */
  static Image index(Shelf shelf, String tag) {
    return new Image(shelf, tag, shelf.putManifest(tag, Shelf.OCI_INDEX, indexJson(shelf, tag)));
  }

  /** An index whose entries are an index and an image. */
  static Image nestedIndex(Shelf shelf, String tag) {
    String inner = indexJson(shelf, tag + "-inner");
    String image = manifest(shelf, tag + "-beside");
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + Shelf.OCI_INDEX
            + "\",\"manifests\":["
            + pushed(shelf, Shelf.OCI_INDEX, inner, "")
            + ","
            + pushed(shelf, Shelf.OCI_MANIFEST, image, platform("riscv64"))
            + "]}";
    return new Image(shelf, tag, shelf.putManifest(tag, Shelf.OCI_INDEX, json));
  }

  private static String indexJson(Shelf shelf, String text) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + Shelf.OCI_INDEX
        + "\",\"manifests\":["
        + pushed(shelf, Shelf.OCI_MANIFEST, manifest(shelf, text + "-amd64"), platform("amd64"))
        + ","
        + pushed(shelf, Shelf.OCI_MANIFEST, manifest(shelf, text + "-arm64"), platform("arm64"))
        + "]}";
  }

  private static String platform(String architecture) {
    return ",\"platform\":{\"architecture\":\"" + architecture + "\",\"os\":\"linux\"}";
  }

  private static String pushed(Shelf shelf, String mediaType, String json, String more) {
    byte[] content = json.getBytes(StandardCharsets.UTF_8);
    String digest = shelf.putManifest(Shelf.digest(content), mediaType, json);
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + content.length
        + more
        + "}";
  }

  private static String manifest(Shelf shelf, String text) {
    byte[] layer = gzip(text);
    String layerDigest = shelf.putBlob(layer);
    String config =
        config(shelf, "[\"" + Shelf.digest(text.getBytes(StandardCharsets.UTF_8)) + "\"]");
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + Shelf.OCI_MANIFEST
        + "\",\"config\":"
        + config
        + ",\"layers\":[{\"mediaType\":\""
        + Shelf.OCI_LAYER
        + "\",\"digest\":\""
        + layerDigest
        + "\",\"size\":"
        + layer.length
        + "}]}";
  }

  private static String config(Shelf shelf, String layers) {
    byte[] config =
        ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\","
                + "\"diff_ids\":"
                + layers
                + "}}")
            .getBytes(StandardCharsets.UTF_8);
    return "{\"mediaType\":\""
        + Shelf.OCI_CONFIG
        + "\",\"digest\":\""
        + shelf.putBlob(config)
        + "\",\"size\":"
        + config.length
        + "}";
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
