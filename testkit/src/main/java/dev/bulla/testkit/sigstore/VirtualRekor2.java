package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Rekor v2 log: entries, proofs, checkpoints with the cosignatures of witnesses. It states no
 * time. Safe for many threads.
 */
public final class VirtualRekor2 {

  /** What verifies a signature: a certificate, or a public key. */
  public record Signer(boolean certificate, Bytes der, String keyDetails) {

    public static Signer certificate(Bytes der, VirtualKey key) {
      return new Signer(true, der, key.signerDetails());
    }

    public static Signer publicKey(VirtualKey key) {
      return new Signer(false, key.spki(), key.signerDetails());
    }

    JsonObject json() {
      JsonObject raw = JsonObject.builder().put("rawBytes", Base64Text.encode(der)).build();
      return JsonObject.builder()
          .put(certificate ? "x509Certificate" : "publicKey", raw)
          .put("keyDetails", keyDetails)
          .build();
    }
  }

  private record Witness(String name, VirtualKey key) {}

  private final String origin;
  private final VirtualKey key;
  private final MerkleTree tree = new MerkleTree();
  private final List<Bytes> bodies = new ArrayList<>();
  private final List<String> kinds = new ArrayList<>();
  private final List<Witness> witnesses = new ArrayList<>();

  private VirtualRekor2(String origin, VirtualKey key) {
    this.origin = origin;
    this.key = key;
  }

  /**
   * An empty log.
   *
   * @param origin the first line of its checkpoints: the host of its URL
   * @param key Ed25519 as the public log has, or elliptic curve
   */
  public static VirtualRekor2 create(String origin, VirtualKey key) {
    return new VirtualRekor2(origin, key);
  }

  /** As {@link #create(String, VirtualKey)}, with a fresh Ed25519 key. */
  public static VirtualRekor2 create(String origin) {
    return create(origin, VirtualKey.create(KeyType.ED25519));
  }

  public String origin() {
    return origin;
  }

  public VirtualKey key() {
    return key;
  }

  /** The C2SP id of its key. */
  public Bytes logId() {
    return SignedNote.keyId(origin, key);
  }

  /** From now on every checkpoint is cosigned by this witness, too; its key has to be Ed25519. */
  public synchronized VirtualRekor2 cosignedBy(String name, VirtualKey witness) {
    witnesses.add(new Witness(name, witness));
    return this;
  }

  public synchronized int size() {
    return tree.size();
  }

  /** The checkpoint of the tree as it is now. */
  public synchronized String checkpoint(Instant time) {
    return signed(SignedNote.text(origin, tree.size(), tree.root(tree.size())), time);
  }

  /** Signs any text as a checkpoint, with the cosignatures. */
  public synchronized String signed(String text, Instant time) {
    StringBuilder note =
        new StringBuilder(text).append('\n').append(SignedNote.signatureLine(origin, key, text));
    for (Witness witness : witnesses) {
      note.append(SignedNote.cosignatureLine(witness.name(), witness.key(), time, text));
    }
    return note.toString();
  }

  /**
   * Takes {@code hashedrekord} 0.0.2.
   *
   * @param digest of the message, or of the PAE of an envelope
   */
  public VirtualEntry hashedrekord(
      HashAlgorithm algorithm, Bytes digest, Bytes signature, Signer signer, Instant time) {
    return add("hashedrekord", hashedrekordBody(algorithm, digest, signature, signer), time);
  }

  static Bytes hashedrekordBody(
      HashAlgorithm algorithm, Bytes digest, Bytes signature, Signer signer) {
    return body(
        "hashedrekord",
        "hashedRekordV002",
        JsonObject.builder()
            .put("data", hash(algorithm, digest))
            .put(
                "signature",
                JsonObject.builder()
                    .put("content", Base64Text.encode(signature))
                    .put("verifier", signer.json())
                    .build())
            .build());
  }

  /** Takes {@code dsse} 0.0.2, which was withdrawn. */
  public VirtualEntry dsse(Bytes payload, Bytes signature, Signer signer, Instant time) {
    Bytes body =
        body(
            "dsse",
            "dsseV002",
            JsonObject.builder()
                .put("payloadHash", hash(HashAlgorithm.SHA256, PemText.sha256(payload)))
                .put(
                    "signatures",
                    JsonArray.of(
                        JsonObject.builder()
                            .put("content", Base64Text.encode(signature))
                            .put("verifier", signer.json())
                            .build()))
                .build());
    return add("dsse", body, time);
  }

  private static JsonObject hash(HashAlgorithm algorithm, Bytes digest) {
    return JsonObject.builder()
        .put("algorithm", protoName(algorithm))
        .put("digest", Base64Text.encode(digest))
        .build();
  }

  static String protoName(HashAlgorithm algorithm) {
    return switch (algorithm) {
      case SHA256 -> "SHA2_256";
      case SHA384 -> "SHA2_384";
      case SHA512 -> "SHA2_512";
    };
  }

  private static Bytes body(String kind, String member, JsonObject content) {
    return CanonicalJson.write(
        JsonObject.builder()
            .put("apiVersion", "0.0.2")
            .put("kind", kind)
            .put("spec", JsonObject.builder().put(member, content).build())
            .build());
  }

  /** Takes a leaf of any content. */
  public synchronized VirtualEntry add(String kind, Bytes body, Instant time) {
    bodies.add(body);
    kinds.add(kind);
    return entry((int) tree.append(body), tree.size(), time);
  }

  /** The entry with a proof in the tree as it is now. */
  public synchronized VirtualEntry entry(int index, Instant time) {
    return entry(index, tree.size(), time);
  }

  private VirtualEntry entry(int index, int size, Instant time) {
    return new VirtualEntry(
        index,
        logId(),
        kinds.get(index),
        "0.0.2",
        0,
        Bytes.EMPTY,
        Optional.of(
            new VirtualEntry.Proof(
                index,
                tree.root(size),
                size,
                tree.inclusion(index, size),
                signed(SignedNote.text(origin, size, tree.root(size)), time))),
        bodies.get(index));
  }

  synchronized List<Bytes> bodies() {
    return List.copyOf(bodies);
  }

  synchronized List<Bytes> leafHashes() {
    return tree.leafHashes();
  }

  @Override
  public String toString() {
    return "VirtualRekor2[" + origin + "]";
  }
}
