package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole bundles: signs, has the key certified if an identity was given, has the signature
 * stamped and logged, all at the time of its {@link VirtualSigstore}. Each bundle of an identity
 * has a fresh key. Not for use by several threads.
 */
public final class VirtualSigner {

  /** The kind of entry that Rekor v1 gets for an envelope. */
  public enum EnvelopeEntry {
    DSSE,
    INTOTO_0_0_2
  }

  /** The signature that was made, before anything was said about it. */
  private record Signed(VirtualKey key, Bytes signature, HashAlgorithm hash, Bytes message) {}

  private final VirtualSigstore sigstore;
  private final @Nullable VirtualIdentity identity;
  private @Nullable VirtualKey key;
  private KeyType keyType = KeyType.EC_P256;
  private String mediaType = VirtualBundle.V0_3;
  private boolean wholeChain;
  private UnaryOperator<LeafBuilder> leafChange = leaf -> leaf;
  private final List<VirtualRekor1> logs1 = new ArrayList<>();
  private final List<VirtualRekor2> logs2 = new ArrayList<>();
  private final List<VirtualTsa> authorities = new ArrayList<>();
  private EnvelopeEntry envelopeEntry = EnvelopeEntry.DSSE;
  private boolean stampedWithCertificates;
  private HashAlgorithm stampHash = HashAlgorithm.SHA256;
  private @Nullable HashAlgorithm hash;
  private @Nullable Boolean prehashed;

  VirtualSigner(
      VirtualSigstore sigstore, @Nullable VirtualIdentity identity, @Nullable VirtualKey key) {
    this.sigstore = sigstore;
    this.identity = identity;
    this.key = key;
  }

  /** The type of the key that is certified; otherwise P-256. */
  public VirtualSigner keyType(KeyType type) {
    keyType = type;
    return this;
  }

  /** That key instead of a fresh one. */
  public VirtualSigner key(VirtualKey own) {
    key = own;
    return this;
  }

  /** Another hash than the key's own: cosign wants SHA-256 for every key that it is given. */
  public VirtualSigner hash(HashAlgorithm other) {
    hash = other;
    return this;
  }

  /** Whether Ed25519 is prehashed; otherwise messages are and envelopes are not. */
  public VirtualSigner prehashed(boolean yes) {
    prehashed = yes;
    return this;
  }

  /** The bundle's media type; otherwise what cosign 3 writes. */
  public VirtualSigner mediaType(String type) {
    mediaType = type;
    return this;
  }

  /** Puts the leaf and the intermediate into the bundle, as versions before 0.3 did. */
  public VirtualSigner wholeChain() {
    wholeChain = true;
    return this;
  }

  /** What is different about the certificate. */
  public VirtualSigner leaf(UnaryOperator<LeafBuilder> change) {
    leafChange = change;
    return this;
  }

  public VirtualSigner loggedIn(VirtualRekor1 log) {
    logs1.add(log);
    return this;
  }

  public VirtualSigner loggedIn(VirtualRekor2 log) {
    logs2.add(log);
    return this;
  }

  public VirtualSigner envelopesAs(EnvelopeEntry kind) {
    envelopeEntry = kind;
    return this;
  }

  public VirtualSigner stampedBy(VirtualTsa authority) {
    authorities.add(authority);
    return this;
  }

  /** The timestamps carry the certificates of their authority. */
  public VirtualSigner stampedWithCertificates() {
    stampedWithCertificates = true;
    return this;
  }

  /** The hash in the timestamps; otherwise SHA-256. */
  public VirtualSigner stampHash(HashAlgorithm hash) {
    stampHash = hash;
    return this;
  }

  /** A bundle with a signature over the artifact. */
  public VirtualBundle message(Bytes artifact) {
    Signed signed = sign(artifact, true);
    Bytes digest = PemText.hash(signed.hash(), artifact);
    return assemble(
        signed,
        VirtualBundle.message(signed.hash(), digest, signed.signature()),
        (log, pem, time) -> log.hashedrekord(signed.hash(), digest, signed.signature(), pem, time));
  }

  /** A bundle with an envelope. */
  public VirtualBundle envelope(String payloadType, Bytes payload) {
    Signed signed = sign(pae(payloadType, payload), false);
    JsonObject envelope = VirtualBundle.envelopeJson(payloadType, payload, signed.signature());
    String text = string(GoJson.write(envelope));
    return assemble(
        signed,
        JsonObject.builder().put("dsseEnvelope", envelope).build(),
        (log, pem, time) ->
            envelopeEntry == EnvelopeEntry.DSSE
                ? log.dsse(text, payload, signed.signature(), pem, time)
                : log.intoto2(text, payloadType, payload, signed.signature(), pem, time));
  }

  /**
   * A bundle with an in-toto statement.
   *
   * @param predicate any object
   */
  public VirtualBundle statement(
      HashAlgorithm algorithm, String hexDigest, String predicateType, JsonObject predicate) {
    JsonObject subject =
        JsonObject.builder()
            .put("digest", JsonObject.sortedStrings(Map.of(algorithm.ociName(), hexDigest)))
            .put("annotations", JsonObject.EMPTY)
            .build();
    return envelope(
        "application/vnd.in-toto+json",
        CanonicalJson.write(
            JsonObject.builder()
                .put("_type", "https://in-toto.io/Statement/v1")
                .put("subject", JsonArray.of(subject))
                .put("predicateType", predicateType)
                .put("predicate", predicate)
                .build()));
  }

  /** The bundle that {@code cosign sign} makes for an image of that SHA-256 digest. */
  public VirtualBundle image(String hexDigest) {
    return statement(
        HashAlgorithm.SHA256, hexDigest, "https://sigstore.dev/cosign/sign/v1", JsonObject.EMPTY);
  }

  private Signed sign(Bytes message, boolean prehashedOtherwise) {
    VirtualKey own = key == null ? VirtualKey.create(keyType) : key;
    HashAlgorithm algorithm = hash == null ? own.hash() : hash;
    boolean prehash = prehashed == null ? prehashedOtherwise : prehashed;
    Bytes signature =
        prehash && own.type() == KeyType.ED25519
            ? own.signForLog(message)
            : own.sign(algorithm, message);
    return new Signed(own, signature, algorithm, message);
  }

  /** The bytes that an envelope's signature covers (DSSE protocol v1); not core's, on purpose. */
  static Bytes pae(String payloadType, Bytes payload) {
    Bytes type = Bytes.utf8(payloadType);
    return Bytes.concat(
        Bytes.utf8("DSSEv1 " + type.size() + " "),
        type,
        Bytes.utf8(" " + payload.size() + " "),
        payload);
  }

  private interface OldEntry {
    VirtualEntry log(VirtualRekor1 log, String pem, Instant time);
  }

  private VirtualBundle assemble(Signed signed, JsonObject content, OldEntry old) {
    Instant time = sigstore.now();
    JsonObject material;
    String pem;
    VirtualRekor2.Signer signer;
    if (identity == null) {
      material = VirtualBundle.publicKey(signed.key().spki());
      pem = signed.key().publicPem();
      signer = VirtualRekor2.Signer.publicKey(signed.key());
    } else {
      IssuedCertificate leaf =
          leafChange
              .apply(
                  sigstore
                      .fulcio()
                      .leaf(signed.key().spki(), time)
                      .identity(identity)
                      .logged(sigstore.ctLog()))
              .issue();
      material =
          wholeChain
              ? VirtualBundle.chain(List.of(leaf.der(), sigstore.fulcio().intermediate()))
              : VirtualBundle.certificate(leaf.der());
      pem = leaf.pem();
      signer = VirtualRekor2.Signer.certificate(leaf.der(), signed.key());
    }
    List<Bytes> timestamps = new ArrayList<>();
    for (VirtualTsa authority : authorities) {
      VirtualTsa.Query query = VirtualTsa.Query.of(stampHash, signed.signature());
      timestamps.add(
          authority.stamp(stampedWithCertificates ? query.withCertificates() : query, time));
    }
    List<VirtualEntry> entries = new ArrayList<>();
    for (VirtualRekor1 log : logs1) {
      entries.add(old.log(log, pem, time));
    }
    for (VirtualRekor2 log : logs2) {
      Bytes digest = PemText.hash(signed.hash(), signed.message());
      entries.add(log.hashedrekord(signed.hash(), digest, signed.signature(), signer, time));
    }
    return new VirtualBundle(mediaType, material, entries, timestamps, content);
  }

  private static String string(Bytes text) {
    return new String(text.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
