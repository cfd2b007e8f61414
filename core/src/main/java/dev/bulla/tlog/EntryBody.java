package dev.bulla.tlog;

import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
import dev.bulla.key.Pem;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an entry says was logged, of every kind that can be evidence. Source: Rekor's
 * pkg/types/&lt;kind&gt;/&lt;version&gt; schemas.
 */
sealed interface EntryBody {

  /** A hash by the name and bytes that the entry has; neither is checked. */
  record Hash(String algorithm, Bytes value) {}

  /** A key or certificate in DER. */
  record Signer(boolean isCertificate, Bytes der) {}

  /** One signature of an envelope; some kinds hold only who made it. */
  record EnvelopeSignature(Optional<Bytes> signature, Signer signer) {}

  /** An entry of Rekor v1. */
  sealed interface OfRekorV1 extends EntryBody {}

  /** A signature over bytes with that hash: hashedrekord 0.0.1 and rekord 0.0.1. */
  record OverHash(String kind, Hash hash, Bytes signature, Signer signer) implements OfRekorV1 {}

  /** An envelope: dsse 0.0.1, intoto 0.0.1 and 0.0.2. */
  record OverEnvelope(
      Optional<Hash> envelopeHash, Optional<Hash> payloadHash, List<EnvelopeSignature> signatures)
      implements OfRekorV1 {}

  /** An entry of Rekor v2. What is in it is never read: it is built again and compared. */
  record OfRekorV2() implements EntryBody {}

  String WHAT = "log entry";

  JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);

  /** The body of an entry, whose kind and version have to be those it is announced with. */
  static EntryBody parse(LogEntry entry) throws MalformedInputException {
    GoFields fields =
        GoFields.of(JsonParser.parseObject(entry.canonicalizedBody(), WHAT, JSON), WHAT);
    String kind = fields.requiredString("kind");
    String version = fields.requiredString("apiVersion");
    GoFields spec = fields.requiredFields("spec");
    if (version.equals("0.0.2") && kind.equals("hashedrekord") && spec.has("hashedRekordV002")) {
      return new OfRekorV2();
    }
    if (!kind.equals(entry.kind()) || !version.equals(entry.version())) {
      throw new MalformedInputException(
          WHAT,
          "announced as "
              + Quoted.text(entry.kind() + " " + entry.version())
              + ", and is "
              + Quoted.text(kind + " " + version));
    }
    String name = kind + " " + version;
    return switch (name) {
      case "hashedrekord 0.0.1", "rekord 0.0.1" -> overHash(kind, spec);
      case "dsse 0.0.1" -> dsse(spec);
      case "intoto 0.0.1" -> intoto1(spec);
      case "intoto 0.0.2" -> intoto2(spec);
      case "dsse 0.0.2" ->
          throw new MalformedInputException(
              WHAT,
              "dsse 0.0.2 was withdrawn from Rekor v2; sign again to get a hashedrekord entry");
      default -> throw new MalformedInputException(WHAT, "unsupported kind " + Quoted.text(name));
    };
  }

  private static EntryBody overHash(String kind, GoFields spec) throws MalformedInputException {
    GoFields signature = spec.requiredFields("signature");
    if (kind.equals("rekord") && !signature.string("format").orElse("").equals("x509")) {
      throw new MalformedInputException(WHAT, "spec.signature.format: expected x509");
    }
    return new OverHash(
        kind,
        hash(spec.requiredFields("data").requiredFields("hash")),
        signature.requiredBytes("content"),
        signer(signature.requiredFields("publicKey").requiredBytes("content")));
  }

  private static EntryBody dsse(GoFields spec) throws MalformedInputException {
    List<EnvelopeSignature> signatures = new ArrayList<>();
    for (GoFields one : bounded(spec.fieldsList("signatures"))) {
      signatures.add(
          new EnvelopeSignature(
              Optional.of(one.requiredBytes("signature")), signer(one.requiredBytes("verifier"))));
    }
    return new OverEnvelope(
        Optional.of(hash(spec.requiredFields("envelopeHash"))),
        Optional.of(hash(spec.requiredFields("payloadHash"))),
        signatures);
  }

  private static EntryBody intoto1(GoFields spec) throws MalformedInputException {
    GoFields content = spec.requiredFields("content");
    return new OverEnvelope(
        Optional.of(hash(content.requiredFields("hash"))),
        payloadHash(content),
        List.of(new EnvelopeSignature(Optional.empty(), signer(spec.requiredBytes("publicKey")))));
  }

  private static EntryBody intoto2(GoFields spec) throws MalformedInputException {
    GoFields content = spec.requiredFields("content");
    List<EnvelopeSignature> signatures = new ArrayList<>();
    for (GoFields one : bounded(content.requiredFields("envelope").fieldsList("signatures"))) {
      // base64 of the base64 that stands in the envelope
      String inner = one.requiredBytes("sig").toUtf8String(WHAT + ": sig");
      signatures.add(
          new EnvelopeSignature(
              Optional.of(Base64Text.decodeAnyVariant(inner, WHAT + ": sig")),
              signer(one.requiredBytes("publicKey"))));
    }
    Optional<GoFields> hash = content.fields("hash");
    return new OverEnvelope(
        hash.isPresent() ? Optional.of(hash(hash.get())) : Optional.empty(),
        payloadHash(content),
        signatures);
  }

  private static Optional<Hash> payloadHash(GoFields content) throws MalformedInputException {
    Optional<GoFields> hash = content.fields("payloadHash");
    return hash.isPresent() ? Optional.of(hash(hash.get())) : Optional.empty();
  }

  private static Hash hash(GoFields fields) throws MalformedInputException {
    return new Hash(
        fields.requiredString("algorithm"),
        HexText.decode(fields.requiredString("value"), fields.where("value")));
  }

  private static Signer signer(Bytes pem) throws MalformedInputException {
    Pem block = Pem.parseFirst(pem, WHAT + ": public key");
    return switch (block.type()) {
      case "CERTIFICATE" -> new Signer(true, block.content());
      case "PUBLIC KEY" -> new Signer(false, block.content());
      default ->
          throw new MalformedInputException(
              WHAT, "public key: unsupported PEM type " + Quoted.text(block.type()));
    };
  }

  private static List<GoFields> bounded(List<GoFields> signatures) throws MalformedInputException {
    if (signatures.isEmpty() || signatures.size() > Limits.MAX_BUNDLE_PROOFS) {
      throw new MalformedInputException(
          WHAT, "expected 1 to " + Limits.MAX_BUNDLE_PROOFS + " signatures");
    }
    return signatures;
  }
}
