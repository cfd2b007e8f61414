package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import java.util.List;
import java.util.Optional;

/**
 * An entry of a transparency log with what the log says about it. Immutable; each {@code with…}
 * gives the same with one thing changed, so that a test can falsify it.
 *
 * @param logIndex over all shards
 * @param logId the 32 bytes
 * @param integratedTime in seconds; 0 for a log that states no time
 * @param promise the signed entry timestamp; empty for none
 * @param proof of inclusion
 * @param body the leaf
 */
public record VirtualEntry(
    long logIndex,
    Bytes logId,
    String kind,
    String version,
    long integratedTime,
    Bytes promise,
    Optional<Proof> proof,
    Bytes body) {

  /**
   * A proof of inclusion.
   *
   * @param logIndex inside the shard
   * @param checkpoint the signed note; empty for none
   */
  public record Proof(
      long logIndex, Bytes rootHash, long treeSize, List<Bytes> hashes, String checkpoint) {

    public Proof {
      hashes = List.copyOf(hashes);
    }

    public Proof withLogIndex(long other) {
      return new Proof(other, rootHash, treeSize, hashes, checkpoint);
    }

    public Proof withRootHash(Bytes other) {
      return new Proof(logIndex, other, treeSize, hashes, checkpoint);
    }

    public Proof withTreeSize(long other) {
      return new Proof(logIndex, rootHash, other, hashes, checkpoint);
    }

    public Proof withHashes(List<Bytes> other) {
      return new Proof(logIndex, rootHash, treeSize, other, checkpoint);
    }

    public Proof withCheckpoint(String other) {
      return new Proof(logIndex, rootHash, treeSize, hashes, other);
    }
  }

  public VirtualEntry withLogIndex(long other) {
    return new VirtualEntry(other, logId, kind, version, integratedTime, promise, proof, body);
  }

  public VirtualEntry withLogId(Bytes other) {
    return new VirtualEntry(logIndex, other, kind, version, integratedTime, promise, proof, body);
  }

  public VirtualEntry withKindVersion(String otherKind, String otherVersion) {
    return new VirtualEntry(
        logIndex, logId, otherKind, otherVersion, integratedTime, promise, proof, body);
  }

  public VirtualEntry withIntegratedTime(long other) {
    return new VirtualEntry(logIndex, logId, kind, version, other, promise, proof, body);
  }

  public VirtualEntry withPromise(Bytes other) {
    return new VirtualEntry(logIndex, logId, kind, version, integratedTime, other, proof, body);
  }

  public VirtualEntry withProof(Proof other) {
    return new VirtualEntry(
        logIndex, logId, kind, version, integratedTime, promise, Optional.of(other), body);
  }

  public VirtualEntry withoutProof() {
    return new VirtualEntry(
        logIndex, logId, kind, version, integratedTime, promise, Optional.empty(), body);
  }

  public VirtualEntry withBody(Bytes other) {
    return new VirtualEntry(logIndex, logId, kind, version, integratedTime, promise, proof, other);
  }

  /** Hexadecimal leaf hash: the entry's UUID in Rekor v1. */
  public String uuid() {
    return HexText.encode(MerkleTree.leafHash(body));
  }

  /** As {@code TransparencyLogEntry}: in a bundle, and in the answer of Rekor v2. */
  public JsonObject protoJson() {
    JsonObject.Builder entry = JsonObject.builder();
    ifNotZero(entry, "logIndex", logIndex);
    entry.put("logId", JsonObject.builder().put("keyId", Base64Text.encode(logId)).build());
    entry.put(
        "kindVersion", JsonObject.builder().put("kind", kind).put("version", version).build());
    ifNotZero(entry, "integratedTime", integratedTime);
    if (!promise.isEmpty()) {
      entry.put(
          "inclusionPromise",
          JsonObject.builder().put("signedEntryTimestamp", Base64Text.encode(promise)).build());
    }
    proof.ifPresent(p -> entry.put("inclusionProof", protoJson(p)));
    entry.put("canonicalizedBody", Base64Text.encode(body));
    return entry.build();
  }

  private static JsonObject protoJson(Proof proof) {
    JsonObject.Builder json = JsonObject.builder();
    ifNotZero(json, "logIndex", proof.logIndex());
    json.put("rootHash", Base64Text.encode(proof.rootHash()));
    ifNotZero(json, "treeSize", proof.treeSize());
    if (!proof.hashes().isEmpty()) {
      json.put(
          "hashes",
          JsonArray.of(
              proof.hashes().stream().map(h -> new JsonString(Base64Text.encode(h))).toList()));
    }
    if (!proof.checkpoint().isEmpty()) {
      json.put("checkpoint", JsonObject.builder().put("envelope", proof.checkpoint()).build());
    }
    return json.build();
  }

  /** Proto JSON leaves zeros out and writes 64 bits as text. */
  private static void ifNotZero(JsonObject.Builder json, String name, long value) {
    if (value != 0) {
      json.put(name, Long.toString(value));
    }
  }

  /** As {@code LogEntry} of Rekor v1, without the id around it. */
  public JsonObject rekor1Json() {
    JsonObject.Builder verification = JsonObject.builder();
    proof.ifPresent(p ->
        verification.put(
            "inclusionProof",
            JsonObject.builder()
                .put("checkpoint", p.checkpoint())
                .put(
                    "hashes",
                    JsonArray.of(
                        p.hashes().stream().map(h -> new JsonString(HexText.encode(h))).toList()))
                .put("logIndex", p.logIndex())
                .put("rootHash", HexText.encode(p.rootHash()))
                .put("treeSize", p.treeSize())
                .build()));
    if (!promise.isEmpty()) {
      verification.put("signedEntryTimestamp", Base64Text.encode(promise));
    }
    return JsonObject.builder()
        .put("body", Base64Text.encode(body))
        .put("integratedTime", integratedTime)
        .put("logID", HexText.encode(logId))
        .put("logIndex", logIndex)
        .put("verification", verification.build())
        .build();
  }

  /** As the annotation {@code dev.sigstore.cosign/bundle} has it. */
  public JsonObject legacyJson() {
    return JsonObject.builder()
        .put("SignedEntryTimestamp", Base64Text.encode(promise))
        .put(
            "Payload",
            JsonObject.builder()
                .put("body", Base64Text.encode(body))
                .put("integratedTime", integratedTime)
                .put("logIndex", logIndex)
                .put("logID", HexText.encode(logId))
                .build())
        .build();
  }
}
