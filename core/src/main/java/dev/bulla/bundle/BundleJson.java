package dev.bulla.bundle;

import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.Bundle.Content;
import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.InclusionProof;
import dev.bulla.bundle.Bundle.KeyMaterial;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bundle.Bundle.MessageDigest;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bundle.Bundle.PublicKeyHint;
import dev.bulla.bundle.Bundle.Version;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonLimits;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoFields;
import dev.bulla.limits.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes bundles. Strict: unknown members, duplicates and everything that a version does
 * not allow are refused.
 */
public final class BundleJson {

  /** The media type that is written. */
  public static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  private static final String WHAT = "bundle";

  /**
   * A fiftieth would do for what a bundle may hold; what is beyond its limits is to be told by its
   * name.
   */
  private static final JsonLimits JSON = JsonLimits.DEFAULT.withMaxValues(200_000);

  private static final String OLD_PREFIX = "application/vnd.dev.sigstore.bundle+json;version=";
  private static final String NEW_PREFIX = "application/vnd.dev.sigstore.bundle.v";
  private static final String NEW_SUFFIX = "+json";

  /** sigstore_common.proto, "HashAlgorithm". */
  private static final Map<String, Integer> HASH_ALGORITHMS =
      Map.of(
          "HASH_ALGORITHM_UNSPECIFIED", 0,
          "SHA2_256", 1,
          "SHA2_384", 2,
          "SHA2_512", 3,
          "SHA3_256", 4,
          "SHA3_384", 5);

  private BundleJson() {}

  /** Reads a bundle's bytes, with the structural checks that its version asks for. */
  public static Bundle parse(Bytes json) throws MalformedInputException {
    if (json.size() > Limits.MAX_BUNDLE) {
      throw new MalformedInputException(
          WHAT, "larger than the limit of " + Limits.MAX_BUNDLE + " bytes");
    }
    ProtoFields fields = ProtoFields.of(JsonParser.parseObject(json, WHAT, JSON), WHAT);
    String mediaType = fields.requiredString("mediaType");
    Version version = version(mediaType);
    ProtoFields material =
        fields
            .fields("verificationMaterial")
            .orElseThrow(() -> new MalformedInputException(WHAT, "verificationMaterial: missing"));
    KeyMaterial keyMaterial = keyMaterial(material, version);
    List<LogEntry> entries = logEntries(material, version);
    List<Bytes> timestamps = timestamps(material);
    material.finish();
    Content content = content(fields);
    fields.finish();
    return new Bundle(mediaType, version, keyMaterial, entries, timestamps, content);
  }

  private static Version version(String mediaType) throws MalformedInputException {
    String number = "";
    if (mediaType.startsWith(OLD_PREFIX)) {
      number = mediaType.substring(OLD_PREFIX.length());
    } else if (mediaType.length() > NEW_PREFIX.length() + NEW_SUFFIX.length()
        && mediaType.startsWith(NEW_PREFIX)
        && mediaType.endsWith(NEW_SUFFIX)) {
      number = mediaType.substring(NEW_PREFIX.length(), mediaType.length() - NEW_SUFFIX.length());
      if (!isVersionNumber(number)) {
        number = "";
      } else if (number.indexOf('.') != number.lastIndexOf('.')) {
        // a patch version changes nothing
        number = number.substring(0, number.lastIndexOf('.'));
      }
    }
    return switch (number) {
      case "0.1" -> Version.V0_1;
      case "0.2" -> Version.V0_2;
      case "0.3" -> Version.V0_3;
      default ->
          throw new MalformedInputException(
              WHAT, "mediaType: unsupported media type " + Quoted.text(mediaType));
    };
  }

  /** Two or three decimal numbers. */
  private static boolean isVersionNumber(String text) {
    int dots = 0;
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && digit) {
        dots++;
        digit = false;
      } else if (c >= '0' && c <= '9') {
        digit = true;
      } else {
        return false;
      }
    }
    return digit && (dots == 1 || dots == 2) && text.length() <= 16;
  }

  private static KeyMaterial keyMaterial(ProtoFields material, Version version)
      throws MalformedInputException {
    Optional<ProtoFields> publicKey = material.fields("publicKey");
    Optional<ProtoFields> chain = material.fields("x509CertificateChain");
    Optional<ProtoFields> certificate = material.fields("certificate");
    int present =
        (publicKey.isPresent() ? 1 : 0)
            + (chain.isPresent() ? 1 : 0)
            + (certificate.isPresent() ? 1 : 0);
    if (present != 1) {
      throw new MalformedInputException(
          WHAT,
          "verificationMaterial: expected one of publicKey, x509CertificateChain, certificate,"
              + " found "
              + present);
    }
    if (publicKey.isPresent()) {
      String hint = publicKey.get().string("hint").orElse("");
      publicKey.get().finish();
      return new PublicKeyHint(hint);
    }
    if (certificate.isPresent()) {
      return new CertificateChain(List.of(rawBytes(certificate.get(), "certificate")));
    }
    if (version == Version.V0_3) {
      throw new MalformedInputException(
          WHAT, "verificationMaterial: x509CertificateChain is not allowed from version 0.3 on");
    }
    List<JsonValue> values = chain.orElseThrow().array("certificates");
    checkCount("certificates", values.size());
    List<Bytes> certificates = new ArrayList<>(values.size());
    for (JsonValue value : values) {
      certificates.add(
          rawBytes(ProtoFields.of(object(value, "certificates"), WHAT), "certificate"));
    }
    chain.get().finish();
    if (certificates.isEmpty()) {
      throw new MalformedInputException(WHAT, "x509CertificateChain: no certificates");
    }
    for (int i = 1; i < certificates.size(); i++) {
      refuseAnchor(certificates.get(i));
    }
    return new CertificateChain(certificates);
  }

  /** Who is trusted is not for a bundle to say. What cannot be read is not used either. */
  private static void refuseAnchor(Bytes der) throws MalformedInputException {
    boolean selfIssued;
    try {
      Certificate certificate = Certificate.parse(der);
      selfIssued = certificate.subject().equals(certificate.issuer());
    } catch (MalformedInputException e) {
      selfIssued = false;
    }
    if (selfIssued) {
      throw new MalformedInputException(WHAT, "x509CertificateChain: carries a root certificate");
    }
  }

  private static Bytes rawBytes(ProtoFields fields, String name) throws MalformedInputException {
    Bytes raw = fields.bytes("rawBytes").orElse(Bytes.EMPTY);
    fields.finish();
    if (raw.isEmpty()) {
      throw new MalformedInputException(WHAT, name + ": rawBytes: missing");
    }
    return raw;
  }

  private static List<LogEntry> logEntries(ProtoFields material, Version version)
      throws MalformedInputException {
    List<JsonValue> values = material.array("tlogEntries");
    checkCount("tlogEntries", values.size());
    List<LogEntry> entries = new ArrayList<>(values.size());
    boolean anyPromise = false;
    boolean anyProof = false;
    for (JsonValue value : values) {
      LogEntry entry =
          logEntry(
              ProtoFields.of(
                  object(value, "tlogEntries"), WHAT + ": tlogEntries[" + entries.size() + "]"));
      anyPromise |= entry.inclusionPromise().isPresent();
      anyProof |= entry.inclusionProof().isPresent();
      entries.add(entry);
    }
    if (!entries.isEmpty()) {
      if (version == Version.V0_1 && !anyPromise) {
        throw new MalformedInputException(
            WHAT, "tlogEntries: version 0.1 needs an inclusion promise");
      }
      if (version != Version.V0_1 && !anyProof) {
        throw MalformedInputException.withoutInclusionProof(
            WHAT, "tlogEntries: an inclusion proof is needed from version 0.2 on");
      }
    }
    return entries;
  }

  /** Reads one entry by itself, as Rekor v2 answers with it: a {@code TransparencyLogEntry}. */
  public static LogEntry parseLogEntry(JsonObject json) throws MalformedInputException {
    return logEntry(ProtoFields.of(json, "log entry"));
  }

  private static LogEntry logEntry(ProtoFields fields) throws MalformedInputException {
    long logIndex = fields.int64("logIndex").orElse(0);
    Bytes logId = Bytes.EMPTY;
    Optional<ProtoFields> logIdFields = fields.fields("logId");
    if (logIdFields.isPresent()) {
      logId = logIdFields.get().bytes("keyId").orElse(Bytes.EMPTY);
      logIdFields.get().finish();
    }
    ProtoFields kindVersion =
        fields
            .fields("kindVersion")
            .orElseThrow(
                () -> new MalformedInputException(WHAT, "tlogEntries: kindVersion: missing"));
    String kind = kindVersion.string("kind").orElse("");
    String version = kindVersion.string("version").orElse("");
    kindVersion.finish();
    long integratedTime = fields.int64("integratedTime").orElse(0);
    Optional<Bytes> promise = Optional.empty();
    Optional<ProtoFields> promiseFields = fields.fields("inclusionPromise");
    if (promiseFields.isPresent()) {
      promise = promiseFields.get().bytes("signedEntryTimestamp");
      promiseFields.get().finish();
    }
    Optional<InclusionProof> proof = Optional.empty();
    Optional<ProtoFields> proofFields = fields.fields("inclusionProof");
    if (proofFields.isPresent()) {
      proof = Optional.of(inclusionProof(proofFields.get()));
    }
    Bytes body = fields.bytes("canonicalizedBody").orElse(Bytes.EMPTY);
    fields.finish();
    if (logIndex < 0) {
      throw new MalformedInputException(WHAT, "tlogEntries: logIndex: negative");
    }
    if (logId.isEmpty()) {
      throw new MalformedInputException(WHAT, "tlogEntries: logId: missing");
    }
    if (body.isEmpty()) {
      throw new MalformedInputException(WHAT, "tlogEntries: canonicalizedBody: missing");
    }
    return new LogEntry(logIndex, logId, kind, version, integratedTime, promise, proof, body);
  }

  private static InclusionProof inclusionProof(ProtoFields fields) throws MalformedInputException {
    long logIndex = fields.int64("logIndex").orElse(0);
    Bytes rootHash = fields.bytes("rootHash").orElse(Bytes.EMPTY);
    long treeSize = fields.int64("treeSize").orElse(0);
    List<Bytes> hashes = new ArrayList<>();
    for (JsonValue value : fields.array("hashes")) {
      if (!(value instanceof JsonString text)) {
        throw new MalformedInputException(WHAT, "inclusionProof: hashes: expected a string");
      }
      if (hashes.size() == 64) {
        throw new MalformedInputException(WHAT, "inclusionProof: hashes: more than 64");
      }
      hashes.add(Base64Text.decodeAnyVariant(text.value(), WHAT + ": inclusionProof: hashes"));
    }
    String checkpoint = "";
    Optional<ProtoFields> checkpointFields = fields.fields("checkpoint");
    if (checkpointFields.isPresent()) {
      checkpoint = checkpointFields.get().string("envelope").orElse("");
      checkpointFields.get().finish();
    }
    fields.finish();
    if (checkpoint.isEmpty()) {
      throw MalformedInputException.withoutInclusionProof(
          WHAT, "inclusionProof: checkpoint: missing");
    }
    return new InclusionProof(logIndex, rootHash, treeSize, hashes, checkpoint);
  }

  private static List<Bytes> timestamps(ProtoFields material) throws MalformedInputException {
    Optional<ProtoFields> data = material.fields("timestampVerificationData");
    if (data.isEmpty()) {
      return List.of();
    }
    List<JsonValue> values = data.get().array("rfc3161Timestamps");
    checkCount("rfc3161Timestamps", values.size());
    List<Bytes> timestamps = new ArrayList<>(values.size());
    for (JsonValue value : values) {
      ProtoFields fields = ProtoFields.of(object(value, "rfc3161Timestamps"), WHAT);
      timestamps.add(fields.bytes("signedTimestamp").orElse(Bytes.EMPTY));
      fields.finish();
    }
    data.get().finish();
    return timestamps;
  }

  private static Content content(ProtoFields bundle) throws MalformedInputException {
    Optional<ProtoFields> message = bundle.fields("messageSignature");
    Optional<ProtoFields> dsse = bundle.fields("dsseEnvelope");
    if (message.isPresent() == dsse.isPresent()) {
      throw new MalformedInputException(
          WHAT, "expected exactly one of messageSignature and dsseEnvelope");
    }
    return message.isPresent()
        ? messageSignature(message.get())
        : new DsseContent(envelope(dsse.orElseThrow()));
  }

  private static MessageSignature messageSignature(ProtoFields fields)
      throws MalformedInputException {
    Optional<MessageDigest> digest = Optional.empty();
    Optional<ProtoFields> digestFields = fields.fields("messageDigest");
    if (digestFields.isPresent()) {
      int algorithm = digestFields.get().enumNumber("algorithm", HASH_ALGORITHMS).orElse(0);
      Bytes value = digestFields.get().bytes("digest").orElse(Bytes.EMPTY);
      digestFields.get().finish();
      if (algorithm != 0 || !value.isEmpty()) {
        digest = Optional.of(new MessageDigest(hashAlgorithm(algorithm), value));
      }
    }
    Bytes signature = fields.bytes("signature").orElse(Bytes.EMPTY);
    fields.finish();
    if (signature.isEmpty()) {
      throw new MalformedInputException(WHAT, "messageSignature: signature: missing");
    }
    return new MessageSignature(digest, signature);
  }

  private static HashAlgorithm hashAlgorithm(int number) throws MalformedInputException {
    return switch (number) {
      case 1 -> HashAlgorithm.SHA256;
      case 2 -> HashAlgorithm.SHA384;
      case 3 -> HashAlgorithm.SHA512;
      default ->
          throw new MalformedInputException(
              WHAT, "messageSignature: messageDigest: algorithm: not a SHA-2 hash");
    };
  }

  private static Envelope envelope(ProtoFields fields) throws MalformedInputException {
    Bytes payload = fields.bytes("payload").orElse(Bytes.EMPTY);
    String payloadType = fields.string("payloadType").orElse("");
    List<Envelope.Signature> signatures = new ArrayList<>();
    List<JsonValue> values = fields.array("signatures");
    checkCount("dsseEnvelope: signatures", values.size());
    for (JsonValue value : values) {
      ProtoFields signature = ProtoFields.of(object(value, "signatures"), WHAT);
      signatures.add(
          new Envelope.Signature(
              signature.bytes("sig").orElse(Bytes.EMPTY), signature.string("keyid").orElse("")));
      signature.finish();
    }
    fields.finish();
    return new Envelope(payloadType, payload, signatures);
  }

  private static void checkCount(String name, int count) throws MalformedInputException {
    if (count > Limits.MAX_BUNDLE_PROOFS) {
      throw new MalformedInputException(
          WHAT, name + ": more than " + Limits.MAX_BUNDLE_PROOFS + " entries");
    }
  }

  private static JsonObject object(JsonValue value, String name) throws MalformedInputException {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new MalformedInputException(WHAT, name + ": expected an object");
  }

  /**
   * The bytes of a bundle in declaration order, without whitespace.
   *
   * @throws IllegalArgumentException for what no version allows: several certificates in 0.3
   */
  public static Bytes write(Bundle bundle) {
    return BundleWriter.write(bundle);
  }

  /** An envelope by itself, with the bytes that it has inside a bundle. */
  public static Bytes writeEnvelope(Envelope envelope) {
    return BundleWriter.writeEnvelope(envelope);
  }
}
