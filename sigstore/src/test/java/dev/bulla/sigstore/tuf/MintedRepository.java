package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A repository in memory that makes its metadata, also such as no honest one would. */
final class MintedRepository implements TufSource {

  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final String LATER = "2026-02-01T00:00:00Z";

  /** Who signs for a role. */
  static final class Signers {
    final List<SigningKey> keys = new ArrayList<>();
    long threshold = 1;

    Signers(int count) {
      for (int i = 0; i < count; i++) {
        keys.add(new SigningKey());
      }
    }
  }

  /** An Ed25519 key with its id. */
  static final class SigningKey {
    final KeyPair pair;
    final JsonObject json;
    final String id;

    SigningKey() {
      this("ed25519");
    }

    /** A key, under the id that this spelling of its kind gives it. */
    SigningKey(String keyType) {
      this(newPair(), keyType);
    }

    SigningKey(KeyPair pair, String keyType) {
      this.pair = pair;
      byte[] spki = pair.getPublic().getEncoded();
      json =
          JsonObject.builder()
              .put("keytype", keyType)
              .put("scheme", "ed25519")
              .put(
                  "keyval",
                  JsonObject.builder()
                      .put("public", HexText.encode(Bytes.of(spki, spki.length - 32, spki.length)))
                      .build())
              .build();
      try {
        id = Digest.sha256(TufJson.canonical(json)).hex();
      } catch (MalformedInputException e) {
        throw new AssertionError(e);
      }
    }

    /** A key under the id of another. */
    SigningKey(KeyPair pair, JsonObject json, String id) {
      this.pair = pair;
      this.json = json;
      this.id = id;
    }

    private static KeyPair newPair() {
      try {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    JsonObject sign(Bytes message) {
      try {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        message.feed(signature);
        return JsonObject.builder()
            .put("keyid", id)
            .put("sig", HexText.encode(Bytes.of(signature.sign())))
            .build();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  final Map<String, Bytes> files = new ConcurrentHashMap<>();
  final List<String> asked = new ArrayList<>();
  final Map<String, Bytes> targets = new TreeMap<>();
  final Map<String, Long> otherRoles = new TreeMap<>();
  Signers root = new Signers(2);
  Signers timestamp = new Signers(1);
  Signers snapshot = new Signers(1);
  Signers targetsSigners = new Signers(1);
  Optional<JsonObject> delegations = Optional.empty();
  boolean consistent = true;

  /** Whether the snapshot says of the targets which bytes they are, and not only their version. */
  boolean hashesInSnapshot;

  long rootVersion = 1;
  long timestampVersion = 1;
  long snapshotVersion = 1;
  long targetsVersion = 1;
  final Map<String, String> expires = new LinkedHashMap<>();

  MintedRepository() {
    root.threshold = 2;
    targets.put("trusted_root.json", Bytes.utf8("{}"));
    publishRoot();
    publish();
  }

  @Override
  public synchronized Optional<Bytes> fetch(String path, int limit) throws TufException {
    asked.add(path);
    Bytes file = files.get(path);
    if (file != null && file.size() > limit) {
      throw new TufException(Reason.MALFORMED, "longer than " + limit, new AssertionError(path));
    }
    return Optional.ofNullable(file);
  }

  Bytes rootFile(long version) {
    return files.get(version + ".root.json");
  }

  /** Puts the present root under its version, signed by its own keys and by these. */
  void publishRoot(SigningKey... others) {
    List<SigningKey> signers = new ArrayList<>(root.keys);
    signers.addAll(List.of(others));
    files.put(rootVersion + ".root.json", signed(rootBody(), signers));
  }

  JsonObject rootBody() {
    Map<String, JsonValue> keys = new LinkedHashMap<>();
    for (Signers signers : List.of(root, timestamp, snapshot, targetsSigners)) {
      signers.keys.forEach(key -> keys.put(key.id, key.json));
    }
    JsonObject roles =
        JsonObject.builder()
            .put("root", role(root))
            .put("timestamp", role(timestamp))
            .put("snapshot", role(snapshot))
            .put("targets", role(targetsSigners))
            .build();
    return body("root", rootVersion)
        .put("keys", JsonObject.sorted(keys))
        .put("roles", roles)
        .put("consistent_snapshot", consistent)
        .build();
  }

  /** Makes targets, snapshot and timestamp of the present versions. */
  void publish() {
    Map<String, JsonValue> entries = new LinkedHashMap<>();
    targets.forEach((name, content) -> {
      entries.put(name, entry(content));
      int slash = name.lastIndexOf('/') + 1;
      String prefix = consistent ? Digest.sha256(content).hex() + "." : "";
      files.put("targets/" + name.substring(0, slash) + prefix + name.substring(slash), content);
    });
    JsonObject.Builder body =
        body("targets", targetsVersion).put("targets", JsonObject.sorted(entries));
    delegations.ifPresent(value -> body.put("delegations", value));
    putMetadata("targets", targetsVersion, signed(body.build(), targetsSigners.keys));
    publishSnapshot();
  }

  void publishSnapshot() {
    Map<String, JsonValue> meta = new LinkedHashMap<>();
    meta.put("targets.json", hashesInSnapshot ? listedTargets() : version(targetsVersion));
    otherRoles.forEach((name, version) -> meta.put(name + ".json", version(version)));
    putMetadata(
        "snapshot",
        snapshotVersion,
        signed(
            body("snapshot", snapshotVersion).put("meta", JsonObject.sorted(meta)).build(),
            snapshot.keys));
    publishTimestamp();
  }

  private JsonObject listedTargets() {
    Bytes file = files.get((consistent ? targetsVersion + "." : "") + "targets.json");
    return JsonObject.builder()
        .put("version", targetsVersion)
        .put("length", file.size())
        .put("hashes", hashes(file))
        .build();
  }

  void publishTimestamp() {
    Bytes file = files.get((consistent ? snapshotVersion + "." : "") + "snapshot.json");
    JsonObject entry =
        JsonObject.builder()
            .put("version", snapshotVersion)
            .put("length", file.size())
            .put("hashes", hashes(file))
            .build();
    files.put(
        "timestamp.json",
        signed(
            body("timestamp", timestampVersion)
                .put("meta", JsonObject.builder().put("snapshot.json", entry).build())
                .build(),
            timestamp.keys));
  }

  void putMetadata(String name, long version, Bytes file) {
    files.put((consistent ? version + "." : "") + name + ".json", file);
  }

  /** A new version of everything below the root. */
  void next() {
    timestampVersion++;
    snapshotVersion++;
    targetsVersion++;
    publish();
  }

  JsonObject.Builder body(String type, long version) {
    return JsonObject.builder()
        .put("_type", type)
        .put("spec_version", "1.0.31")
        .put("version", version)
        .put("expires", expires.getOrDefault(type, LATER));
  }

  static JsonObject role(Signers signers) {
    return JsonObject.builder()
        .put(
            "keyids",
            JsonArray.of(signers.keys.stream().map(key -> new JsonString(key.id)).toList()))
        .put("threshold", new JsonNumber(Long.toString(signers.threshold)))
        .build();
  }

  static Bytes signed(JsonObject body, List<SigningKey> signers) {
    try {
      Bytes message = TufJson.canonical(body);
      return CanonicalJson.write(
          JsonObject.builder()
              .put("signed", body)
              .put(
                  "signatures",
                  JsonArray.of(signers.stream().map(key -> key.sign(message)).toList()))
              .build());
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  static JsonObject entry(Bytes content) {
    return JsonObject.builder()
        .put("length", content.size())
        .put("hashes", hashes(content))
        .build();
  }

  private static JsonObject hashes(Bytes content) {
    return JsonObject.builder().put("sha256", Digest.sha256(content).hex()).build();
  }

  private static JsonObject version(long version) {
    return JsonObject.builder().put("version", version).build();
  }
}
