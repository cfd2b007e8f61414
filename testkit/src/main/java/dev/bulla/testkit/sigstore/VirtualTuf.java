package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonBoolean;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.KeyType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An honest TUF repository with consistent snapshots and one Ed25519 key for everything: the files
 * that a mirror serves. Attacks are made in the tests of the client.
 */
public final class VirtualTuf {

  private final VirtualKey key;
  private final JsonObject keyJson;
  private final String keyId;
  private final Map<String, Bytes> files = new TreeMap<>();
  private long version;

  private VirtualTuf() {
    key = VirtualKey.create(KeyType.ED25519);
    Bytes spki = key.spki();
    keyJson =
        JsonObject.builder()
            .put("keytype", "ed25519")
            .put("scheme", "ed25519")
            .put(
                "keyval",
                JsonObject.builder()
                    .put("public", HexText.encode(spki.slice(spki.size() - 32, spki.size())))
                    .build())
            .build();
    keyId = Digest.sha256(CanonicalJson.write(keyJson)).hex();
  }

  /** A repository with these targets, all of whose metadata expires at that time. */
  public static VirtualTuf of(Map<String, Bytes> targets, Instant expires) {
    VirtualTuf repository = new VirtualTuf();
    repository.publish(targets, expires);
    return repository;
  }

  /** Puts new metadata and a new root over what is there. */
  public synchronized void publish(Map<String, Bytes> targets, Instant expires) {
    version++;
    files.put(version + ".root.json", root(expires));
    Map<String, JsonValue> entries = new LinkedHashMap<>();
    targets.forEach((name, content) -> {
      String digest = Digest.sha256(content).hex();
      entries.put(name, listed(content).build());
      files.put("targets/" + digest + "." + name, content);
    });
    Bytes list =
        signed(body("targets", expires).put("targets", JsonObject.sorted(entries)).build());
    files.put(version + ".targets.json", list);
    Bytes snapshot = signed(body("snapshot", expires).put("meta", meta("targets", list)).build());
    files.put(version + ".snapshot.json", snapshot);
    files.put(
        "timestamp.json",
        signed(body("timestamp", expires).put("meta", meta("snapshot", snapshot)).build()));
  }

  /** The first root, which clients have to be given. */
  public Bytes firstRoot() {
    return file("1.root.json");
  }

  /** Every file by its path below the mirror's address. */
  public synchronized Map<String, Bytes> files() {
    return Map.copyOf(files);
  }

  private synchronized Bytes file(String path) {
    return files.getOrDefault(path, Bytes.EMPTY);
  }

  /** Writes the repository into a folder. */
  public void writeTo(Path folder) throws IOException {
    for (Map.Entry<String, Bytes> file : files().entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue().toByteArray());
    }
  }

  private Bytes root(Instant expires) {
    JsonObject role =
        JsonObject.builder()
            .put("keyids", JsonArray.of(List.of(new JsonString(keyId))))
            .put("threshold", 1)
            .build();
    return signed(
        body("root", expires)
            .put("consistent_snapshot", JsonBoolean.TRUE)
            .put("keys", JsonObject.builder().put(keyId, keyJson).build())
            .put(
                "roles",
                JsonObject.builder()
                    .put("root", role)
                    .put("snapshot", role)
                    .put("targets", role)
                    .put("timestamp", role)
                    .build())
            .build());
  }

  private JsonObject.Builder body(String type, Instant expires) {
    return JsonObject.builder()
        .put("_type", type)
        .put("spec_version", "1.0")
        .put("version", version)
        .put("expires", expires.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private JsonObject meta(String name, Bytes file) {
    return JsonObject.builder()
        .put(name + ".json", listed(file).put("version", version).build())
        .build();
  }

  private static JsonObject.Builder listed(Bytes file) {
    return JsonObject.builder()
        .put("length", file.size())
        .put("hashes", JsonObject.builder().put("sha256", Digest.sha256(file).hex()).build());
  }

  /** What is signed has neither control characters nor fractions: two canonical forms agree. */
  private Bytes signed(JsonObject body) {
    JsonObject signature =
        JsonObject.builder()
            .put("keyid", keyId)
            .put("sig", HexText.encode(key.sign(CanonicalJson.write(body))))
            .build();
    return ProtoJson.write(
        JsonObject.builder()
            .put("signatures", JsonArray.of(List.of(signature)))
            .put("signed", body)
            .build());
  }
}
