package dev.bulla.testkit.registry;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of a repository kept as files: a directory with a {@code repo.json} that lists
 * manifests ({@code digest}, {@code mediaType}, {@code tags}, {@code file}) and blobs ({@code
 * digest}, {@code file}). Files may stand in a sibling directory.
 *
 * <p>A fixture without content, with content that does not have the digest it is listed under, or
 * with a file elsewhere is an error: a test must not pass because its vectors were not there.
 */
public final class RegistryFixture {

  private final List<ManifestFile> manifests;
  private final List<BlobFile> blobs;

  /** One manifest with its tags. */
  public record ManifestFile(Digest digest, String mediaType, List<String> tags, Bytes content) {}

  /** One blob. */
  public record BlobFile(Digest digest, Bytes content) {}

  private RegistryFixture(List<ManifestFile> manifests, List<BlobFile> blobs) {
    this.manifests = List.copyOf(manifests);
    this.blobs = List.copyOf(blobs);
  }

  /**
   * Reads a fixture.
   *
   * @param directory the one that holds {@code repo.json}
   */
  public static RegistryFixture read(Path directory) throws IOException, MalformedInputException {
    Path list = directory.resolve("repo.json");
    JsonObject root = JsonParser.parseObject(content(list), list.toString());
    List<ManifestFile> manifests = new ArrayList<>();
    for (JsonObject entry : entries(root, "manifests")) {
      List<String> tags = new ArrayList<>();
      if (entry.get("tags").orElse(JsonArray.EMPTY) instanceof JsonArray listed) {
        for (JsonValue tag : listed.values()) {
          if (tag instanceof JsonString text) {
            tags.add(text.value());
          }
        }
      }
      Bytes content = content(file(directory, required(entry, "file")));
      manifests.add(
          new ManifestFile(
              digestOf(entry, content), required(entry, "mediaType"), List.copyOf(tags), content));
    }
    List<BlobFile> blobs = new ArrayList<>();
    for (JsonObject entry : entries(root, "blobs")) {
      Bytes content = content(file(directory, required(entry, "file")));
      blobs.add(new BlobFile(digestOf(entry, content), content));
    }
    if (manifests.isEmpty()) {
      throw new MalformedInputException(list.toString(), "lists no manifests");
    }
    return new RegistryFixture(manifests, blobs);
  }

  private static List<JsonObject> entries(JsonObject root, String name)
      throws MalformedInputException {
    List<JsonObject> entries = new ArrayList<>();
    if (!(root.get(name).orElse(JsonArray.EMPTY) instanceof JsonArray array)) {
      throw new MalformedInputException("repo.json", name + " is not a list");
    }
    for (JsonValue value : array.values()) {
      if (!(value instanceof JsonObject entry)) {
        throw new MalformedInputException("repo.json", name + " holds something else than objects");
      }
      entries.add(entry);
    }
    return entries;
  }

  private static String required(JsonObject entry, String name) throws MalformedInputException {
    return Json.string(entry, name)
        .orElseThrow(() -> new MalformedInputException("repo.json", "an entry has no " + name));
  }

  private static Digest digestOf(JsonObject entry, Bytes content) throws MalformedInputException {
    Digest digest = Digest.parse(required(entry, "digest"));
    if (!digest.matches(content)) {
      throw new MalformedInputException("repo.json", "a file does not have the digest " + digest);
    }
    return digest;
  }

  private static Path file(Path directory, String name) throws MalformedInputException {
    Path base = directory.toAbsolutePath().normalize();
    Path file = base.resolve(name).normalize();
    Path around = base.getParent();
    if (around == null || !file.startsWith(around)) {
      throw new MalformedInputException("repo.json", "a file outside the fixture");
    }
    return file;
  }

  private static Bytes content(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, Limits.MAX_ATTACHMENT, file.toString());
    }
  }

  public List<ManifestFile> manifests() {
    return manifests;
  }

  public List<BlobFile> blobs() {
    return blobs;
  }

  /** Puts everything into a repository. */
  public void loadInto(StoredRepository repository) {
    for (BlobFile blob : blobs) {
      repository.putBlob(blob.digest(), blob.content());
    }
    for (ManifestFile manifest : manifests) {
      repository.putManifest(
          manifest.digest(),
          manifest.mediaType(),
          manifest.content(),
          manifest.tags().toArray(String[]::new));
    }
  }
}
