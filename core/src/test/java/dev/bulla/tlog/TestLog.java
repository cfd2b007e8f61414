package dev.bulla.tlog;

import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.KeyException;
import dev.bulla.json.CanonicalJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.key.KeyType;
import dev.bulla.key.Pem;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyEnvelope;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.LoggedSignature.Message;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log of either generation that gives genuine proofs, from which tests take things away. */
public final class TestLog {

  /** When the log takes everything. */
  public static final Instant TIME = Instant.parse("2024-05-06T07:08:09Z");

  private final String name;
  private final boolean v2;
  private final Signer signer;
  private final List<Bytes> leaves = new ArrayList<>();

  private TestLog(String name, boolean v2, Signer signer) {
    this.name = name;
    this.v2 = v2;
    this.signer = signer;
    for (int i = 0; i < 5; i++) {
      leaves.add(MerkleTree.leafHash(Bytes.utf8("older " + i)));
    }
  }

  /** A Rekor v1 log. */
  public static TestLog v1(String name) {
    return new TestLog(name, false, newSigner(KeyType.EC_P256));
  }

  /** A Rekor v2 log. */
  public static TestLog v2(String name, KeyType key) {
    return new TestLog(name, true, newSigner(key));
  }

  static Signer newSigner(KeyType type) {
    try (PrivateKey key = PrivateKey.generate(type, new SecureRandom())) {
      return key.toSigner();
    }
  }

  /** As a trusted root names it. */
  public TransparencyLog trusted() {
    return trusted(Instant.EPOCH, Optional.empty());
  }

  public TransparencyLog trusted(Instant start, Optional<Instant> end) {
    Bytes id = signer.publicKey().fingerprint();
    TransparencyLog log = new TransparencyLog(name, id, signer.publicKey(), start, end);
    return v2 ? new TransparencyLog(name, log.noteKeyId(), log.key(), start, end) : log;
  }

  /** An entry of the kind that is usual for the signature. */
  public LogEntry enter(LoggedSignature claim) {
    if (v2) {
      return enter(claim, "hashedrekord", "0.0.2");
    }
    boolean envelope =
        claim.signed() instanceof Enveloped || claim.signed() instanceof LegacyEnvelope;
    return enter(claim, envelope ? "dsse" : "hashedrekord", "0.0.1");
  }

  public LogEntry enter(LoggedSignature claim, String kind, String version) {
    return enter(v2 ? RekorV2Body.of(claim) : body(claim, kind, version), kind, version);
  }

  /** An entry with that body, whatever it is. */
  public LogEntry enter(Bytes body, String kind, String version) {
    leaves.add(MerkleTree.leafHash(body));
    // an odd tree has a proof with a shorter right side
    leaves.add(MerkleTree.leafHash(Bytes.utf8("later " + leaves.size())));
    int index = leaves.size() - 2;
    long global = v2 ? index : index + 1000L;
    Bytes root = root(leaves);
    InclusionProof proof =
        new InclusionProof(
            index, root, leaves.size(), path(index, leaves), checkpoint(leaves.size(), root));
    LogEntry unpromised =
        new LogEntry(
            global,
            trusted().id(),
            kind,
            version,
            v2 ? 0 : TIME.getEpochSecond(),
            Optional.empty(),
            Optional.of(proof),
            body);
    return v2 ? unpromised : promised(unpromised);
  }

  /** The entry with a promise for what it says now. */
  public LogEntry promised(LogEntry entry) {
    return new LogEntry(
        entry.logIndex(),
        entry.logId(),
        entry.kind(),
        entry.version(),
        entry.integratedTime(),
        Optional.of(sign(EntryPromise.signedBytes(entry))),
        entry.inclusionProof(),
        entry.canonicalizedBody());
  }

  /** A checkpoint that the log signed. */
  String checkpoint(long size, Bytes root) {
    String origin = v2 ? name : name + " - 42";
    return signed(origin + "\n" + size + "\n" + Base64Text.encode(root) + "\n");
  }

  /** The text as a note signed by the log. */
  String signed(String text) {
    Bytes hint = v2 ? trusted().noteKeyHint() : trusted().keyHint();
    return text + "\n" + line(name, hint, sign(Bytes.utf8(text)));
  }

  static String line(String name, Bytes hint, Bytes signature) {
    return "\u2014 " + name + " " + Base64Text.encode(Bytes.concat(hint, signature)) + "\n";
  }

  Bytes sign(Bytes message) {
    try {
      return signer.sign(message);
    } catch (KeyException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes body(LoggedSignature claim, String kind, String version) {
    JsonObject spec =
        switch (kind + " " + version) {
          case "hashedrekord 0.0.1" -> overHash(claim, false);
          case "rekord 0.0.1" -> overHash(claim, true);
          case "dsse 0.0.1" -> dsse(claim);
          case "intoto 0.0.1" -> intoto1(claim);
          case "intoto 0.0.2" -> intoto2(claim);
          default -> throw new AssertionError(kind);
        };
    return CanonicalJson.write(
        JsonObject.builder()
            .put("apiVersion", version)
            .put("kind", kind)
            .put("spec", spec)
            .build());
  }

  private static JsonObject overHash(LoggedSignature claim, boolean format) {
    JsonObject.Builder signature =
        JsonObject.builder()
            .put("content", Base64Text.encode(claim.signature()))
            .put("publicKey", JsonObject.builder().put("content", pem(claim)).build());
    if (format) {
      signature.put("format", "x509");
    }
    JsonObject hash =
        claim.signed() instanceof Message message
            ? hash(message.algorithm(), message.digest())
            : hash(((LegacyPayload) claim.signed()).payload());
    return JsonObject.builder()
        .put("data", JsonObject.builder().put("hash", hash).build())
        .put("signature", signature.build())
        .build();
  }

  private static JsonObject dsse(LoggedSignature claim) {
    JsonObject signature =
        JsonObject.builder()
            .put("signature", Base64Text.encode(claim.signature()))
            .put("verifier", pem(claim))
            .build();
    return JsonObject.builder()
        .put("envelopeHash", hash(envelope(claim)))
        .put("payloadHash", hash(payload(claim)))
        .put("signatures", JsonArray.of(List.of(signature)))
        .build();
  }

  private static JsonObject intoto1(LoggedSignature claim) {
    return JsonObject.builder()
        .put("content", JsonObject.builder().put("hash", hash(envelope(claim))).build())
        .put("publicKey", pem(claim))
        .build();
  }

  private static JsonObject intoto2(LoggedSignature claim) {
    String twice = Base64Text.encode(Bytes.utf8(Base64Text.encode(claim.signature())));
    JsonObject signature =
        JsonObject.builder().put("publicKey", pem(claim)).put("sig", twice).build();
    JsonObject envelope =
        JsonObject.builder()
            .put("payloadType", "application/vnd.in-toto+json")
            .put("signatures", JsonArray.of(List.of(signature)))
            .build();
    return JsonObject.builder()
        .put(
            "content",
            JsonObject.builder()
                .put("envelope", envelope)
                .put("hash", hash(envelope(claim)))
                .put("payloadHash", hash(payload(claim)))
                .build())
        .build();
  }

  private static Bytes envelope(LoggedSignature claim) {
    return claim.signed() instanceof LegacyEnvelope legacy
        ? legacy.envelope()
        : Bytes.utf8("what the client sent");
  }

  private static Bytes payload(LoggedSignature claim) {
    return claim.signed() instanceof Enveloped enveloped ? enveloped.payload() : Bytes.EMPTY;
  }

  private static JsonObject hash(Bytes content) {
    return hash(HashAlgorithm.SHA256, Digest.sha256(content).bytes());
  }

  private static JsonObject hash(HashAlgorithm algorithm, Bytes value) {
    return JsonObject.builder()
        .put("algorithm", algorithm.ociName())
        .put("value", HexText.encode(value))
        .build();
  }

  private static String pem(LoggedSignature claim) {
    Pem pem =
        claim.certificate().isPresent()
            ? new Pem("CERTIFICATE", claim.certificate().get())
            : new Pem("PUBLIC KEY", claim.key().spki());
    return Base64Text.encode(pem.print());
  }

  /** RFC 6962 §2.1, as it is written there. */
  static Bytes root(List<Bytes> leaves) {
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return Digest.sha256(
            Bytes.concat(
                Bytes.of((byte) 1),
                root(leaves.subList(0, split)),
                root(leaves.subList(split, leaves.size()))))
        .bytes();
  }

  /** RFC 6962 §2.1.1, as it is written there. */
  static List<Bytes> path(int index, List<Bytes> leaves) {
    if (leaves.size() == 1) {
      return List.of();
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    List<Bytes> path = new ArrayList<>();
    if (index < split) {
      path.addAll(path(index, leaves.subList(0, split)));
      path.add(root(leaves.subList(split, leaves.size())));
    } else {
      path.addAll(path(index - split, leaves.subList(split, leaves.size())));
      path.add(root(leaves.subList(0, split)));
    }
    return path;
  }
}
