package dev.bulla.testkit.sigstore;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.ProtoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An entry that a client proposes to Rekor v1, checked, and the leaf that it becomes. Members that
 * the kinds do not have are refused. Source: Rekor's {@code pkg/types}.
 *
 * @param keys under which the index finds it
 */
record Rekor1Proposal(String kind, String version, Bytes body, Set<String> keys) {

  static Rekor1Proposal parse(JsonObject json) throws Refused, MalformedInputException {
    ProtoFields fields = ProtoFields.of(json, "entry");
    String kind = fields.requiredString("kind");
    String version = fields.requiredString("apiVersion");
    ProtoFields spec = fields.requiredFields("spec");
    Parsed parsed =
        switch (kind + " " + version) {
          case "hashedrekord 0.0.1" -> hashedrekord(spec);
          case "rekord 0.0.1" -> rekord(spec);
          case "dsse 0.0.1" -> dsse(spec);
          case "intoto 0.0.1" -> intoto1(spec);
          case "intoto 0.0.2" -> intoto2(spec);
          default -> throw new Refused(400, "unknown kind or version of the entry");
        };
    fields.finish();
    return new Rekor1Proposal(kind, version, parsed.body(), parsed.keys());
  }

  private record Parsed(Bytes body, Set<String> keys) {}

  private static Set<String> keys(ForeignKey key, Bytes... digests) {
    Set<String> keys = new TreeSet<>();
    for (Bytes digest : digests) {
      keys.add("sha256:" + HexText.encode(digest));
    }
    keys.add("key:" + HexText.encode(PemText.sha256(Bytes.utf8(key.pem()))));
    key.certificate()
        .ifPresent(c -> {
          keys.add("key:" + HexText.encode(PemText.sha256(key.spki())));
          keys.addAll(Emails.of(c));
        });
    return keys;
  }

  private static void require(boolean holds, String problem) throws Refused {
    if (!holds) {
      throw new Refused(400, problem);
    }
  }

  private static HashAlgorithm algorithm(ProtoFields hash) throws Refused, MalformedInputException {
    return HashAlgorithm.named(hash.requiredString("algorithm"))
        .orElseThrow(() -> new Refused(400, "unknown hash"));
  }

  private static Parsed hashedrekord(ProtoFields spec) throws Refused, MalformedInputException {
    ProtoFields hash = spec.requiredFields("data").requiredFields("hash");
    HashAlgorithm algorithm = algorithm(hash);
    Bytes digest = HexText.decode(hash.requiredString("value"), "digest");
    ProtoFields signature = spec.requiredFields("signature");
    Bytes content = signature.requiredBytes("content");
    ForeignKey key =
        ForeignKey.parsePem(signature.requiredFields("publicKey").requiredBytes("content"));
    require(digest.size() == algorithm.lengthBytes(), "a digest of another length");
    require(key.verifiesDigest(algorithm, digest, content), "the signature does not verify");
    return new Parsed(
        Rekor1Bodies.hashedrekord(algorithm, digest, content, key.pem()), keys(key, digest));
  }

  private static Parsed rekord(ProtoFields spec) throws Refused, MalformedInputException {
    Bytes artifact = spec.requiredFields("data").requiredBytes("content");
    ProtoFields signature = spec.requiredFields("signature");
    Bytes content = signature.requiredBytes("content");
    require(signature.requiredString("format").equals("x509"), "another format than x509");
    ForeignKey key =
        ForeignKey.parsePem(signature.requiredFields("publicKey").requiredBytes("content"));
    require(key.verifies(artifact, content), "the signature does not verify");
    return new Parsed(
        Rekor1Bodies.rekord(artifact, content, key.pem()), keys(key, PemText.sha256(artifact)));
  }

  /** An envelope that was sent as a string. */
  private record Envelope(String payloadType, Bytes payload, List<Bytes> signatures) {

    static Envelope parse(JsonObject json) throws MalformedInputException {
      ProtoFields fields = ProtoFields.of(json, "envelope");
      String type = fields.requiredString("payloadType");
      Bytes payload = fields.requiredBytes("payload");
      List<Bytes> signatures = new ArrayList<>();
      for (ProtoFields one : fields.fieldsList("signatures")) {
        signatures.add(one.requiredBytes("sig"));
        one.string("keyid");
      }
      fields.finish();
      return new Envelope(type, payload, signatures);
    }

    static Envelope parse(String text) throws MalformedInputException {
      return parse(JsonParser.parseObject(Bytes.utf8(text), "envelope"));
    }

    /** The signature that this key made. */
    Rekor1Bodies.Signed by(ForeignKey key) throws Refused {
      for (Bytes signature : signatures) {
        if (key.verifies(VirtualSigner.pae(payloadType, payload), signature)) {
          return new Rekor1Bodies.Signed(signature, key.pem());
        }
      }
      throw new Refused(400, "could not verify envelope");
    }
  }

  private static Parsed dsse(ProtoFields spec) throws Refused, MalformedInputException {
    ProtoFields proposed = spec.requiredFields("proposedContent");
    String text = proposed.requiredString("envelope");
    Envelope envelope = Envelope.parse(text);
    List<Rekor1Bodies.Signed> signed = new ArrayList<>();
    Set<String> keys = new TreeSet<>();
    for (Bytes pem : proposed.bytesList("verifiers")) {
      ForeignKey key = ForeignKey.parsePem(pem);
      signed.add(envelope.by(key));
      keys.addAll(keys(key, PemText.sha256(Bytes.utf8(text)), PemText.sha256(envelope.payload())));
    }
    // cosign spells out that it says nothing of what the log computes
    require(spec.array("signatures").isEmpty(), "signatures are not for the client to state");
    require(
        !signed.isEmpty() && signed.size() == envelope.signatures().size(),
        "as many verifiers as signatures");
    return new Parsed(Rekor1Bodies.dsse(text, envelope.payload(), signed), keys);
  }

  private static Parsed intoto1(ProtoFields spec) throws Refused, MalformedInputException {
    ProtoFields content = spec.requiredFields("content");
    String text = content.requiredString("envelope");
    checkHash(content, "hash", Bytes.utf8(text));
    ForeignKey key = ForeignKey.parsePem(spec.requiredBytes("publicKey"));
    Envelope envelope = Envelope.parse(text);
    checkHash(content, "payloadHash", envelope.payload());
    envelope.by(key);
    return new Parsed(
        Rekor1Bodies.intoto1(text, envelope.payload(), key.pem()),
        keys(key, PemText.sha256(Bytes.utf8(text)), PemText.sha256(envelope.payload())));
  }

  /** A digest that the client may send along has to be the right one. */
  private static void checkHash(ProtoFields content, String name, Bytes hashed)
      throws Refused, MalformedInputException {
    Optional<ProtoFields> hash = content.fields(name);
    if (hash.isPresent()) {
      require(
          algorithm(hash.get()) == HashAlgorithm.SHA256
              && hash.get().requiredString("value").equals(HexText.encode(PemText.sha256(hashed))),
          "another digest than the content has");
    }
  }

  /** Payload and signatures are base64 of base64 there, and the envelope's text is not sent. */
  private static Parsed intoto2(ProtoFields spec) throws Refused, MalformedInputException {
    ProtoFields content = spec.requiredFields("content");
    ProtoFields envelope = content.requiredFields("envelope");
    String type = envelope.requiredString("payloadType");
    Bytes payload = inner(envelope.requiredBytes("payload"));
    ProtoFields hash = content.requiredFields("hash");
    Bytes envelopeHash = HexText.decode(hash.requiredString("value"), "hash");
    require(algorithm(hash) == HashAlgorithm.SHA256, "another hash than sha256");
    checkHash(content, "payloadHash", payload);
    List<Rekor1Bodies.Signed> signed = new ArrayList<>();
    Set<String> keys = new TreeSet<>();
    for (ProtoFields one : envelope.fieldsList("signatures")) {
      ForeignKey key = ForeignKey.parsePem(one.requiredBytes("publicKey"));
      Bytes signature = inner(one.requiredBytes("sig"));
      one.string("keyid");
      signed.add(new Envelope(type, payload, List.of(signature)).by(key));
      keys.addAll(keys(key, envelopeHash, PemText.sha256(payload)));
    }
    require(!signed.isEmpty(), "no signature");
    return new Parsed(Rekor1Bodies.intoto2(envelopeHash, type, payload, signed), keys);
  }

  private static Bytes inner(Bytes base64) throws MalformedInputException {
    return Base64Text.decodeAnyVariant(base64.toUtf8String("base64"), "base64");
  }
}
