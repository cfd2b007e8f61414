package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A Rekor v1 log: entries of every kind, signed entry timestamps, proofs, checkpoints. Safe for
 * many threads.
 */
public final class VirtualRekor1 {

  /** An entry as it was taken. */
  private record Kept(String kind, String version, long integratedTime, Bytes body) {}

  private final String host;
  private final VirtualKey key;
  private final long treeId;
  private final long firstIndex;
  private final MerkleTree tree = new MerkleTree();
  private final List<Kept> kept = new ArrayList<>();

  private VirtualRekor1(String host, VirtualKey key, long treeId, long firstIndex) {
    this.host = host;
    this.key = key;
    this.treeId = treeId;
    this.firstIndex = firstIndex;
  }

  /**
   * An empty log.
   *
   * @param host the name in its checkpoints
   * @param key elliptic curve; other keys sign no entry timestamps in the real one
   * @param treeId the number in its checkpoints and at the front of its entry ids
   * @param firstIndex how many entries older shards have: what an entry's index is more than its
   *     index in the tree
   */
  public static VirtualRekor1 create(String host, VirtualKey key, long treeId, long firstIndex) {
    return new VirtualRekor1(host, key, treeId, firstIndex);
  }

  /** As {@link #create(String, VirtualKey, long, long)}, with a fresh P-256 key. */
  public static VirtualRekor1 create(String host) {
    return create(host, VirtualKey.create(KeyType.EC_P256), 1193050959916656506L, 1000);
  }

  public String host() {
    return host;
  }

  public VirtualKey key() {
    return key;
  }

  /** The SHA-256 of its public key. */
  public Bytes logId() {
    return PemText.sha256(key.spki());
  }

  public long treeId() {
    return treeId;
  }

  public synchronized int size() {
    return tree.size();
  }

  public synchronized Bytes rootHash() {
    return tree.root(tree.size());
  }

  /** The signed note of the tree as it is now. */
  public synchronized String checkpoint() {
    return checkpoint(tree.size());
  }

  private String checkpoint(int size) {
    return signed(SignedNote.text(host + " - " + treeId, size, tree.root(size)));
  }

  /** Signs any text as a checkpoint. */
  public String signed(String text) {
    return text
        + "\n"
        + SignedNote.line(host, logId(), key.sign(HashAlgorithm.SHA256, Bytes.utf8(text)));
  }

  /** The proof that the first {@code from} entries are the front of the first {@code to}. */
  public synchronized List<Bytes> consistency(int from, int to) {
    return tree.consistency(from, to);
  }

  /**
   * Takes {@code hashedrekord} 0.0.1.
   *
   * @param pem the certificate or the public key
   */
  public VirtualEntry hashedrekord(
      HashAlgorithm algorithm, Bytes digest, Bytes signature, String pem, Instant time) {
    return add(
        "hashedrekord",
        "0.0.1",
        Rekor1Bodies.hashedrekord(algorithm, digest, signature, pem),
        time);
  }

  /** Takes {@code rekord} 0.0.1. */
  public VirtualEntry rekord(Bytes artifact, Bytes signature, String pem, Instant time) {
    return add("rekord", "0.0.1", Rekor1Bodies.rekord(artifact, signature, pem), time);
  }

  /**
   * Takes {@code dsse} 0.0.1.
   *
   * @param envelope the text of the envelope
   */
  public VirtualEntry dsse(
      String envelope, Bytes payload, Bytes signature, String pem, Instant time) {
    return add(
        "dsse",
        "0.0.1",
        Rekor1Bodies.dsse(envelope, payload, List.of(new Rekor1Bodies.Signed(signature, pem))),
        time);
  }

  /** Takes {@code intoto} 0.0.1, which holds no signature. */
  public VirtualEntry intoto1(String envelope, Bytes payload, String pem, Instant time) {
    return add("intoto", "0.0.1", Rekor1Bodies.intoto1(envelope, payload, pem), time);
  }

  /** Takes {@code intoto} 0.0.2. */
  public VirtualEntry intoto2(
      String envelope,
      String payloadType,
      Bytes payload,
      Bytes signature,
      String pem,
      Instant time) {
    return add(
        "intoto",
        "0.0.2",
        Rekor1Bodies.intoto2(
            PemText.sha256(Bytes.utf8(envelope)),
            payloadType,
            payload,
            List.of(new Rekor1Bodies.Signed(signature, pem))),
        time);
  }

  /** Takes a leaf of any content. */
  public synchronized VirtualEntry add(String kind, String version, Bytes body, Instant time) {
    kept.add(new Kept(kind, version, time.getEpochSecond(), body));
    return entry((int) tree.append(body), tree.size());
  }

  /** The entry at a place in the tree, with a proof in the tree as it is now. */
  public synchronized Optional<VirtualEntry> entry(long index) {
    return index < 0 || index >= tree.size()
        ? Optional.empty()
        : Optional.of(entry((int) index, tree.size()));
  }

  /** The entry of an index over all shards. */
  public Optional<VirtualEntry> byLogIndex(long logIndex) {
    return entry(logIndex - firstIndex);
  }

  /** The entry of a UUID (64 digits) or of an entry id (80 digits). */
  public synchronized Optional<VirtualEntry> byUuid(String id) {
    for (int i = 0; i < kept.size(); i++) {
      String uuid = HexText.encode(tree.leafHashes().get(i));
      if (id.equals(uuid) || id.equals(entryId(uuid))) {
        return entry(i);
      }
    }
    return Optional.empty();
  }

  /** The id of an entry: the tree's, then the leaf's. */
  public String entryId(String uuid) {
    return String.format(Locale.ROOT, "%016x", treeId) + uuid;
  }

  private VirtualEntry entry(int index, int size) {
    Kept one = kept.get(index);
    long logIndex = firstIndex + index;
    return new VirtualEntry(
        logIndex,
        logId(),
        one.kind(),
        one.version(),
        one.integratedTime(),
        promise(one.body(), one.integratedTime(), logIndex),
        Optional.of(
            new VirtualEntry.Proof(
                index, tree.root(size), size, tree.inclusion(index, size), checkpoint(size))),
        one.body());
  }

  /** The signed entry timestamp for any content. */
  public Bytes promise(Bytes body, long integratedTime, long logIndex) {
    return key.sign(
        HashAlgorithm.SHA256,
        CanonicalJson.write(
            JsonObject.builder()
                .put("body", Base64Text.encode(body))
                .put("integratedTime", integratedTime)
                .put("logID", HexText.encode(logId()))
                .put("logIndex", logIndex)
                .build()));
  }

  @Override
  public String toString() {
    return "VirtualRekor1[" + host + "]";
  }
}
