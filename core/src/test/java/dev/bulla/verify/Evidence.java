package dev.bulla.verify;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.Content;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes candidates: truthful ones, and the pieces of which a test puts together others. */
final class Evidence {

  static final String ATTESTATION = "https://example.com/attestation/v1";

  private static final Origin TAG = new Origin("r.io/app:sha256-ab.sig", 1);
  private static final Origin REFERRER = new Origin("r.io/app@sha256:cd", 0);

  private Evidence() {}

  static Bytes payload(Image image, Map<String, String> annotations) {
    return SimpleSigningPayload.of("r.io/app", image.digest(), annotations).toBytes();
  }

  static LegacySignature legacy(Party party, Image image) {
    return legacy(party, image, Map.of());
  }

  static LegacySignature legacy(Party party, Image image, Map<String, String> annotations) {
    return legacy(party, payload(image, annotations));
  }

  static LegacySignature legacy(Party party, Bytes payload) {
    return legacy(payload, party.sign(payload), Map.of());
  }

  static LegacySignature legacy(
      Bytes payload, Bytes signature, Map<String, String> layerAnnotations) {
    return new LegacySignature(TAG, payload, Base64Text.encode(signature), layerAnnotations);
  }

  static LegacySignature legacyText(Bytes payload, String signature) {
    return new LegacySignature(TAG, payload, signature, Map.of());
  }

  static Bytes statement(Image image, Map<String, String> annotations) {
    return Statement.forImage(image.digest(), annotations);
  }

  /** A statement that is no signature of the image. */
  static Bytes attestation(Image image) {
    return attestation(image, ATTESTATION);
  }

  static Bytes attestation(Image image, String predicateType) {
    return Bytes.utf8(
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
            + image.digest().hex()
            + "\"}}],\"predicateType\":\""
            + predicateType
            + "\",\"predicate\":{}}");
  }

  static BundleSignature dsse(Party party, Image image) {
    return dsse(party, image, Map.of());
  }

  static BundleSignature dsse(Party party, Image image, Map<String, String> annotations) {
    return dsse(party, statement(image, annotations));
  }

  static BundleSignature dsse(Party party, Bytes statement) {
    return dsse(party.key().hint(), statement, signature(party, statement), "");
  }

  static BundleSignature dsse(String hint, Bytes statement, Bytes signature, String keyid) {
    return bundle(
        hint,
        new DsseContent(
            new Envelope(
                Envelope.IN_TOTO, statement, List.of(new Envelope.Signature(signature, keyid)))));
  }

  static Bytes signature(Party party, Bytes statement) {
    return party.sign(new Envelope(Envelope.IN_TOTO, statement, List.of()).signedBytes());
  }

  static BundleSignature message(Party party, Image image) {
    return message(
        party.key().hint(),
        party.sign(image.manifest()),
        Digest.of(HashAlgorithm.SHA256, image.manifest()));
  }

  static BundleSignature message(String hint, Bytes signature, Digest recorded) {
    return bundle(
        hint,
        new MessageSignature(
            Optional.of(new MessageDigest(recorded.algorithm(), recorded.bytes())), signature));
  }

  static BundleSignature bundle(String hint, Content content) {
    return bundle(BundleJson.write(Bundle.signedWithKey(hint, content)));
  }

  static BundleSignature bundle(Bytes json) {
    try {
      return new BundleSignature(REFERRER, BundleJson.parse(json), json);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** The same bundle with a log entry, whose content nobody looks at yet. */
  static BundleSignature logged(BundleSignature bundle) {
    return edited(
        bundle,
        "\"verificationMaterial\":{",
        "\"verificationMaterial\":{\"tlogEntries\":[{\"logIndex\":\"1\","
            + "\"logId\":{\"keyId\":\"AA==\"},"
            + "\"kindVersion\":{\"kind\":\"dsse\",\"version\":\"0.0.1\"},\"inclusionProof\":"
            + "{\"checkpoint\":{\"envelope\":\"log\"}},\"canonicalizedBody\":\"AA==\"}],");
  }

  /** The same bundle with another text in one place. */
  static BundleSignature edited(BundleSignature bundle, String text, String replacement) {
    try {
      String json = bundle.raw().toUtf8String("bundle");
      if (!json.contains(text)) {
        throw new AssertionError("no " + text + " in " + json);
      }
      return bundle(Bytes.utf8(json.replace(text, replacement)));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  static Unreadable broken() {
    return new Unreadable(REFERRER, new MalformedInputException("bundle", "broken"));
  }

  static Unreadable outOfReach() {
    return new Unreadable(
        REFERRER, new RegistryException(RegistryException.Kind.TIMEOUT, "no answer"));
  }
}
