package dev.bulla.evidence;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.Content;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.KeyMaterial;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.dsse.EnvelopeText;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.GoFields;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonParser;
import dev.bulla.key.Pem;
import dev.bulla.key.VerificationKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the files of older tools into the parts of a Sigstore bundle. Nothing is checked. */
public final class LocalBundle {

  private static final String OLDEST = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  private static final String WHAT = "bundle";
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(10_000);

  private LocalBundle() {}

  /**
   * The same evidence as a bundle of version 0.1, whose log entry has a promise and no proof.
   *
   * @throws MalformedInputException also when the file does not say enough: who signed, or the
   *     digest of what
   */
  public static Bundle of(LocalSignedPayload local) throws MalformedInputException {
    Optional<Envelope> envelope = envelope(local.signature());
    Content content =
        envelope.isPresent()
            ? new DsseContent(envelope.get())
            : new MessageSignature(Optional.of(loggedDigest(local)), local.signature());
    Bytes signer = local.signer().isPresent() ? local.signer().get() : loggedSigner(local);
    return new Bundle(
        OLDEST,
        Version.V0_1,
        keyMaterial(signer),
        local.logEntry().isPresent() ? List.of(local.logEntry().get()) : List.of(),
        List.of(),
        content);
  }

  /** What a PEM text says about who signed: the first certificate of several, or a public key. */
  public static KeyMaterial keyMaterial(Bytes pem) throws MalformedInputException {
    Pem first = Pem.parseFirst(pem, "signer");
    return switch (first.type()) {
      case "CERTIFICATE" -> new CertificateChain(List.of(Certificate.parse(first.content()).der()));
      case "PUBLIC KEY" -> new PublicKeyHint(VerificationKey.ofSpki(first.content()).hint());
      default ->
          throw new MalformedInputException(
              "signer", "unsupported PEM type " + Quoted.text(first.type()));
    };
  }

  /** The envelope that a text is; nothing when it is none, and so a signature. */
  public static Optional<Envelope> envelope(Bytes json) throws MalformedInputException {
    if (json.isEmpty() || json.at(0) != '{') {
      return Optional.empty();
    }
    EnvelopeText text = EnvelopeText.of(JsonParser.parseObject(json, "envelope", JSON));
    if (text.signatures().isEmpty()) {
      throw new MalformedInputException("envelope", "no signatures");
    }
    List<Envelope.Signature> signatures = new ArrayList<>();
    for (EnvelopeText.Signature signature : text.signatures()) {
      signatures.add(
          new Envelope.Signature(
              Base64Text.decodeAnyVariant(signature.sig(), "envelope: sig"), signature.keyid()));
    }
    return Optional.of(new Envelope(text.payloadType(), text.decodedPayload(), signatures));
  }

  private static MessageDigest loggedDigest(LocalSignedPayload local)
      throws MalformedInputException {
    GoFields hash =
        loggedSpec(local, "digest of what was signed")
            .requiredFields("data")
            .requiredFields("hash");
    String name = hash.requiredString("algorithm");
    HashAlgorithm algorithm =
        HashAlgorithm.named(name)
            .orElseThrow(
                () -> new MalformedInputException(WHAT, "unsupported hash " + Quoted.text(name)));
    return new MessageDigest(
        algorithm, HexText.decode(hash.requiredString("value"), hash.where("value")));
  }

  private static Bytes loggedSigner(LocalSignedPayload local) throws MalformedInputException {
    GoFields spec = loggedSpec(local, "signer");
    return spec.has("publicKey")
        ? spec.requiredBytes("publicKey")
        : spec.requiredFields("signature").requiredFields("publicKey").requiredBytes("content");
  }

  private static GoFields loggedSpec(LocalSignedPayload local, String wanted)
      throws MalformedInputException {
    LogEntry entry =
        local
            .logEntry()
            .orElseThrow(() ->
                new MalformedInputException(
                    WHAT, "does not hold the " + wanted + ", nor a log entry that would"));
    return GoFields.of(
            JsonParser.parseObject(entry.canonicalizedBody(), "log entry", JSON), "log entry")
        .requiredFields("spec");
  }
}
