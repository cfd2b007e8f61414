package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.Reference;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code verify} prints: the result on stdout in the shape that cosign gives it, and which
 * checks were made on stderr. It never names a check that was not made.
 */
final class VerificationReport {

  private static final String NOT_A_PAYLOAD =
      "what was signed is not a payload of an image signature, and --check-claims=false did not"
          + " ask for one";

  private final ParsedFlags flags;
  private final CommandContext context;

  VerificationReport(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  void print(Reference reference, Verified<VerifiedImage> verified) {
    printChecks(reference, verified);
    Output out = context.out();
    switch (flags.get(VerifyCommand.OUTPUT)) {
      case "text" -> {
        for (VerifiedSignature signature : shown(verified.value())) {
          out.print(text(signature, reference));
          out.println();
        }
      }
      case "ndjson" -> {
        for (VerifiedSignature signature : verified.value().signatures()) {
          out.print(GoJson.write(details(signature, reference, verified)));
          out.println();
        }
      }
      default -> {
        List<JsonObject> reports = new ArrayList<>();
        for (VerifiedSignature signature : shown(verified.value())) {
          report(signature, reference).ifPresent(reports::add);
        }
        if (reports.isEmpty()) {
          // as cosign says it, on stdout and with success: the signature is good over these bytes
          out.println("error decoding the payload: " + NOT_A_PAYLOAD);
        } else {
          out.println();
          out.print(GoJson.write(JsonArray.of(reports)));
          out.println();
        }
      }
    }
  }

  private void printChecks(Reference reference, Verified<VerifiedImage> verified) {
    Output err = context.err();
    boolean claims = flags.get(VerifyCommand.CHECK_CLAIMS);
    err.println();
    err.println("Verification for " + reference + " --");
    err.println("The following checks were performed on each of these signatures:");
    if (claims && !flags.get(VerifyCommand.ANNOTATIONS).isEmpty()) {
      err.println("  - The specified annotations were verified.");
    }
    if (claims) {
      err.println("  - The cosign claims were validated");
    }
    err.println("  - The signatures were verified against the specified public key");
    for (String relaxation : verified.relaxations()) {
      context.note(relaxation);
    }
    for (VerifiedSignature signature : verified.value().signatures()) {
      if (signature instanceof VerifiedSignature.Legacy legacy && legacy.payload().isEmpty()) {
        context.note(
            "verified over its bytes alone: " + signature.origin() + ": " + NOT_A_PAYLOAD);
      }
    }
    for (Refusal refusal : verified.value().refusals()) {
      context.note("not counted: " + refusal.candidate() + ": " + refusal.detail());
    }
  }

  /** As in cosign 3: where a bundle counts, bundles are shown; older signatures otherwise. */
  private static List<VerifiedSignature> shown(VerifiedImage image) {
    List<VerifiedSignature> bundles = new ArrayList<>();
    for (VerifiedSignature signature : image.signatures()) {
      if (!(signature instanceof VerifiedSignature.Legacy)) {
        bundles.add(signature);
      }
    }
    return bundles.isEmpty() ? image.signatures() : bundles;
  }

  /** What was signed; empty for a payload that is none, where claims are not checked. */
  private static Optional<JsonObject> report(VerifiedSignature signature, Reference reference) {
    if (signature instanceof VerifiedSignature.Legacy legacy) {
      return legacy.payload().map(SimpleSigningPayload::toJson);
    }
    return Optional.of(
        signature instanceof VerifiedSignature.Attested attested
            ? attested.statement().toReport(reference.toString())
            : report((VerifiedSignature.Message) signature, reference));
  }

  private static JsonObject report(VerifiedSignature.Message message, Reference reference) {
    return JsonObject.builder()
              .put(
                  "critical",
                  JsonObject.builder()
                      .put(
                          "identity",
                          JsonObject.builder()
                              .put("docker-reference", reference.toString())
                              .build())
                      .put(
                          "image",
                          JsonObject.builder()
                              .put(
                                  "docker-manifest-digest",
                                  dev.bulla.digest.Digest.sha256(message.signedBytes()).toString())
                              .build())
                      .put("type", "message signature")
                      .build())
              .put("optional", JsonObject.EMPTY)
              .build();
  }

  private static Bytes text(VerifiedSignature signature, Reference reference) {
    return signature instanceof VerifiedSignature.Legacy
        ? signature.signedBytes()
        : GoJson.write(report(signature, reference).orElseThrow());
  }

  private static JsonObject details(
      VerifiedSignature signature, Reference reference, Verified<VerifiedImage> verified) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("reference", reference.toString())
            .put("image", verified.value().image().toString())
            .put("digest", verified.value().image().digest().toString())
            .put("format", signature instanceof VerifiedSignature.Legacy ? "legacy" : "bundle")
            .put("origin", Quoted.plain(signature.origin().toString()))
            .put(
                "key", "sha256:" + dev.bulla.bytes.HexText.encode(signature.signer().fingerprint()))
            .put("algorithm", signature.algorithm().toString());
    List<dev.bulla.json.JsonString> relaxations = new ArrayList<>();
    for (String relaxation : verified.relaxations()) {
      relaxations.add(new dev.bulla.json.JsonString(relaxation));
    }
    return json.put("relaxations", JsonArray.of(relaxations))
        .put(
            "claims",
            report(signature, reference).<JsonValue>map(claims -> claims).orElse(JsonNull.INSTANCE))
        .build();
  }
}
