package dev.bulla.cli.command;

import dev.bulla.SignatureDownload;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Unreadable;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonParser;
import dev.bulla.json.JsonValue;
import dev.bulla.json.ProtoJson;
import dev.bulla.key.Pem;
import dev.bulla.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries out {@code download signature}. */
final class Downloading {

  private final ParsedFlags flags;
  private final CommandContext context;

  Downloading(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void run() throws BullaException {
    try (ImageSession session = ImageSession.open(flags, context)) {
      Reference reference = session.image(flags.arguments().get(0));
      print(reference, session.bulla().download().signatures(reference));
    } catch (RegistryException e) {
      throw ImageSession.absentEntity(e);
    }
  }

  private void print(Reference reference, SignatureDownload.Found found) throws BullaException {
    if (found.isEmpty()) {
      throw new ConfigurationException(
          Quoted.plain(reference.typed()) + ": no signatures associated");
    }
    Output out = context.out();
    if (found.bundles().isEmpty()) {
      for (LegacySignature signature : found.legacy()) {
        out.print(GoJson.write(line(signature)));
        out.println();
      }
    } else {
      printBundles(out, found.bundles());
    }
    failForUnreadable(context, found.unreadable());
  }

  /** One compact document per line. */
  static void printBundles(Output out, List<BundleSignature> bundles)
      throws MalformedInputException {
    for (BundleSignature signature : bundles) {
      out.print(ProtoJson.write(JsonParser.parse(signature.raw(), "bundle")));
      out.println();
    }
  }

  /** What could be read has been printed; that something could not is a failure all the same. */
  static void failForUnreadable(CommandContext context, List<Unreadable> unreadable)
      throws BullaException {
    for (Unreadable problem : unreadable) {
      context.note("not printed: " + problem.origin() + ": " + problem.why().message());
    }
    if (!unreadable.isEmpty()) {
      throw unreadable.get(0).why();
    }
  }

  /** Member for member what cosign prints, as far as anybody reads it. */
  private static JsonObject line(LegacySignature signature) throws MalformedInputException {
    List<JsonObject> chain = new ArrayList<>();
    if (signature.chain().isPresent()) {
      for (Pem block : Pem.parseAll(Bytes.utf8(signature.chain().get()), "chain annotation")) {
        chain.add(certificate(block.content()));
      }
    }
    Optional<JsonValue> certificate = Optional.empty();
    if (signature.certificate().isPresent()) {
      certificate =
          Optional.of(
              certificate(
                  Pem.parseFirst(
                          Bytes.utf8(signature.certificate().get()), "certificate annotation")
                      .content()));
    }
    return JsonObject.builder()
        .put("Base64Signature", signature.signatureText())
        .put("Payload", Base64Text.encode(signature.payload()))
        .put("Cert", certificate.orElse(JsonNull.INSTANCE))
        .put("Chain", chain.isEmpty() ? JsonNull.INSTANCE : JsonArray.of(chain))
        .put("Bundle", json(signature.logBundle()))
        .put("RFC3161Timestamp", json(signature.timestamp()))
        .build();
  }

  private static JsonObject certificate(Bytes der) {
    return JsonObject.builder().put("Raw", Base64Text.encode(der)).build();
  }

  private static JsonValue json(Optional<String> annotation) throws MalformedInputException {
    return annotation.isEmpty()
        ? JsonNull.INSTANCE
        : JsonParser.parse(Bytes.utf8(annotation.get()), "annotation");
  }
}
