package dev.bulla.cli.command;

import dev.bulla.Bulla;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.key.SignaturePlausibility;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Reference;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Carries out {@code attach signature}. */
final class Attaching {

  private final ParsedFlags flags;
  private final CommandContext context;

  Attaching(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    Reference reference = Reference.parse(flags.arguments().get(0));
    String payloadFile = flags.get(AttachSignatureCommand.PAYLOAD);
    Optional<Bytes> payload =
        payloadFile.isEmpty()
            ? Optional.empty()
            : Optional.of(context.files().read(payloadFile, Limits.MAX_BUNDLE));
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      if (payload.isPresent() && isBundle(payload.get())) {
        session.bulla().attach().bundle(reference, payload.get());
        return;
      }
      attachLegacy(session.bulla(), reference, payload);
    } catch (RegistryException e) {
      throw Signing.missing(e);
    }
  }

  static boolean isBundle(Bytes content) {
    try {
      BundleJson.parse(content);
      return true;
    } catch (MalformedInputException e) {
      return false; // then it is a payload, which may be anything
    }
  }

  private void attachLegacy(Bulla bulla, Reference reference, Optional<Bytes> payload)
      throws BullaException {
    String typed = flags.get(AttachSignatureCommand.SIGNATURE);
    DigestReference image = bulla.resolve(reference);
    if (payload.isEmpty()) {
      context.warn(DetachedSignature.IMPLIED_PAYLOAD.replace("%s", image.toString()));
    }
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(LegacySignature.SIGNATURE_ANNOTATION, signatureText(typed));
    addFile(
        annotations, LegacySignature.CERTIFICATE_ANNOTATION, AttachSignatureCommand.CERTIFICATE);
    addFile(
        annotations, LegacySignature.CHAIN_ANNOTATION, AttachSignatureCommand.CERTIFICATE_CHAIN);
    String timestamp = flags.get(AttachSignatureCommand.TIMESTAMP);
    if (!timestamp.isEmpty()) {
      annotations.put(
          LegacySignature.TIMESTAMP_ANNOTATION,
          timestampJson(context.files().read(timestamp, Limits.MAX_KEY_FILE)));
    }
    String rekor = flags.get(AttachSignatureCommand.REKOR_RESPONSE);
    if (!rekor.isEmpty()) {
      annotations.put(
          LegacySignature.LOG_BUNDLE_ANNOTATION,
          logBundle(context.files().read(rekor, Limits.MAX_KEY_FILE)));
    }
    bulla.attach().legacy(image, payload, annotations);
  }

  private void addFile(Map<String, String> annotations, String key, Flag<String> flag)
      throws BullaException {
    String file = flags.get(flag);
    if (!file.isEmpty()) {
      annotations.put(
          key, context.files().read(file, Limits.MAX_KEY_FILE).toUtf8String(Quoted.plain(file)));
    }
  }

  /** A file, standard input, or base64 on the line that can be a signature. */
  private String signatureText(String typed) throws BullaException {
    if (typed.equals("-")) {
      try {
        return stored(LimitedInput.readAll(context.stdin(), Limits.MAX_KEY_FILE, "standard input"));
      } catch (IOException e) {
        throw new ConfigurationException("reading standard input: " + e.getMessage(), e);
      }
    }
    if (typed.isEmpty() || context.files().exists(typed)) {
      return stored(context.files().read(typed, Limits.MAX_KEY_FILE));
    }
    Optional<Bytes> decoded = decode(typed);
    if (decoded.isPresent() && SignaturePlausibility.isPlausible(decoded.get())) {
      return Base64Text.encode(decoded.get());
    }
    throw new ConfigurationException(
        "open " + Quoted.plain(typed) + ": no such file or directory",
        "--signature takes a file, - for standard input, or a signature in base64");
  }

  /**
   * What a file holds is stored whatever its algorithm; wrapped base64 is stored on one line, and a
   * raw signature as base64.
   */
  private static String stored(Bytes content) throws BullaException {
    if (content.isEmpty()) {
      throw new ConfigurationException("empty signature");
    }
    try {
      String text = content.toUtf8String("signature").strip();
      if (text.isEmpty()) {
        throw new ConfigurationException("empty signature");
      }
      return decode(text).map(Base64Text::encode).orElse(text);
    } catch (MalformedInputException e) {
      return Base64Text.encode(content);
    }
  }

  private static Optional<Bytes> decode(String text) {
    try {
      return Optional.of(Base64Text.decodeIgnoringNewlines(text.replace(" ", ""), "signature"));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static String timestampJson(Bytes response) throws BullaException {
    return GoJson.write(
            JsonObject.builder().put("SignedRFC3161Timestamp", Base64Text.encode(response)).build())
        .toUtf8String("timestamp");
  }

  /** The log's entry out of cosign's older bundle file. */
  private static String logBundle(Bytes file) throws BullaException {
    JsonObject bundle = JsonParser.parseObject(file, "--rekor-response");
    JsonValue entry =
        bundle
            .get("rekorBundle")
            .orElseThrow(
                () -> new MalformedInputException("--rekor-response", "rekorBundle: missing"));
    return GoJson.write(entry).toUtf8String("--rekor-response");
  }
}
