package dev.bulla.cli.command;

import dev.bulla.RecursiveVerdict;
import dev.bulla.bytes.Bytes;
import dev.bulla.bytes.HexText;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNull;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonValue;
import dev.bulla.oci.Reference;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
  private final LocalImages local;

  VerificationReport(ParsedFlags flags, CommandContext context, LocalImages local) {
    this.flags = flags;
    this.context = context;
    this.local = local;
  }

  /** Whether the result has one line for each image, failures included. */
  boolean isForPrograms() {
    return flags.get(VerifyCommand.OUTPUT).equals("ndjson");
  }

  /** What became of one image, as far as this is the place to say it. */
  void print(ManyImages.Outcome<RecursiveVerdict> outcome, Optional<BullaException> failure) {
    String typed = Quoted.plain(outcome.typed());
    if (isForPrograms()) {
      if (outcome.result().isPresent()) {
        printChecks(outcome);
      }
      ImageLine.print(context, line(outcome, failure));
    } else if (outcome.wasDoneBefore()) {
      context.note("verified by an earlier run: " + typed);
    } else if (outcome.result().isPresent()) {
      boolean single = outcome.result().get().manifests().size() == 1;
      for (RecursiveVerdict.Checked checked : outcome.result().get().manifests()) {
        if (checked.verified().isPresent()) {
          print(
              single ? outcome.reference().orElseThrow() : checked.image(),
              checked.verified().get());
        }
      }
    }
  }

  private void print(Reference reference, Verified<VerifiedImage> verified) {
    printChecks(reference, verified);
    Output out = context.out();
    if (flags.get(VerifyCommand.OUTPUT).equals("text")) {
      for (VerifiedSignature signature : shown(verified.value())) {
        if (signature instanceof VerifiedSignature.Legacy legacy) {
          LegacyReport.certificateLines(legacy).forEach(context.err()::println);
        }
        out.print(text(signature, reference));
        out.println();
      }
      return;
    }
    List<JsonObject> reports = new ArrayList<>();
    for (VerifiedSignature signature : shown(verified.value())) {
      Optional<JsonObject> shown =
          signature instanceof VerifiedSignature.Legacy legacy
              ? legacy.payload().map(payload -> LegacyReport.of(legacy, payload))
              : report(signature, reference);
      shown.ifPresent(reports::add);
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

  private void printChecks(ManyImages.Outcome<RecursiveVerdict> outcome) {
    if (flags.arguments().size() == 1 && flags.get(ImageList.FROM_FILE).isEmpty()) {
      for (RecursiveVerdict.Checked checked : outcome.result().orElseThrow().manifests()) {
        checked.verified().ifPresent(v -> printChecks(outcome.reference().orElseThrow(), v));
      }
    }
  }

  private JsonObject line(
      ManyImages.Outcome<RecursiveVerdict> outcome, Optional<BullaException> failure) {
    JsonObject.Builder json =
        ImageLine.start(
            outcome.reference().map(Reference::toString).orElse(Quoted.plain(outcome.typed())),
            outcome.image());
    if (failure.isPresent()) {
      ImageLine.failure(json, failure.get());
    } else {
      json.put("verdict", "verified").put("exitCode", ExitCode.OK);
      if (outcome.wasDoneBefore()) {
        return json.put("resumed", true).build();
      }
    }
    if (outcome.result().isPresent()) {
      List<RecursiveVerdict.Checked> manifests = outcome.result().get().manifests();
      if (flags.get(VerifyCommand.RECURSIVE).isEmpty()) {
        manifests.get(0).verified().ifPresent(v -> details(json, outcome, v));
      } else {
        json.put("manifests", JsonArray.of(manifests.stream().map(m -> line(outcome, m)).toList()));
      }
    }
    return json.build();
  }

  /** A manifest of an index. */
  private JsonObject line(
      ManyImages.Outcome<RecursiveVerdict> outcome, RecursiveVerdict.Checked checked) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("image", checked.image().toString())
            .put("digest", checked.image().digest().toString());
    checked.platform().ifPresent(p -> json.put("platform", p.toString()));
    if (checked.verified().isPresent()) {
      json.put("verdict", "verified").put("exitCode", ExitCode.OK);
      details(json, outcome, checked.verified().get());
    } else if (checked.failure().isPresent()) {
      ImageLine.failure(json, checked.failure().get());
    } else {
      json.put("verdict", "not-needed").put("exitCode", ExitCode.OK);
    }
    return json.build();
  }

  private void printChecks(Reference reference, Verified<VerifiedImage> verified) {
    Output err = context.err();
    boolean claims = flags.get(VerifyCommand.CHECK_CLAIMS);
    err.println();
    err.println("Verification for " + local.shown(reference) + " --");
    err.println("The following checks were performed on each of these signatures:");
    if (claims && !flags.get(VerifyCommand.ANNOTATIONS).isEmpty()) {
      err.println("  - The specified annotations were verified.");
    }
    if (claims) {
      err.println("  - The cosign claims were validated");
    }
    if (!verified.relaxations().contains(Policy.LOG_NOT_CHECKED)) {
      err.println("  - Existence of the claims in the transparency log was verified offline");
    }
    err.println(
        SecurityKey.isNamed(flags, flags.get(VerifyCommand.KEY))
            ? "  - The signatures were verified against the specified public key"
            : "  - The code-signing certificate was verified using trusted certificate authority"
                + " certificates");
    for (String relaxation : verified.relaxations()) {
      context.note(relaxation);
    }
    for (VerifiedSignature signature : verified.value().signatures()) {
      if (signature instanceof VerifiedSignature.Legacy legacy && legacy.payload().isEmpty()) {
        context.note("verified over its bytes alone: " + signature.origin() + ": " + NOT_A_PAYLOAD);
      }
    }
    for (Refusal refusal : verified.value().refusals()) {
      context.note(local.readable("not counted: " + refusal.candidate() + ": " + refusal.detail()));
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
  private Optional<JsonObject> report(VerifiedSignature signature, Reference reference) {
    if (signature instanceof VerifiedSignature.Legacy legacy) {
      return legacy.payload().map(SimpleSigningPayload::toJson);
    }
    return Optional.of(
        signature instanceof VerifiedSignature.Attested attested
            ? attested.statement().toReport(local.shown(reference))
            : report((VerifiedSignature.Message) signature, reference));
  }

  private JsonObject report(VerifiedSignature.Message message, Reference reference) {
    return JsonObject.builder()
        .put(
            "critical",
            JsonObject.builder()
                .put(
                    "identity",
                    JsonObject.builder().put("docker-reference", local.shown(reference)).build())
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

  private Bytes text(VerifiedSignature signature, Reference reference) {
    return signature instanceof VerifiedSignature.Legacy
        ? signature.signedBytes()
        : GoJson.write(report(signature, reference).orElseThrow());
  }

  private void details(
      JsonObject.Builder json,
      ManyImages.Outcome<RecursiveVerdict> outcome,
      Verified<VerifiedImage> verified) {
    Reference reference = outcome.reference().orElseThrow();
    Set<String> signers = new LinkedHashSet<>();
    List<JsonObject> signatures = new ArrayList<>();
    for (VerifiedSignature signature : verified.value().signatures()) {
      String key = "sha256:" + HexText.encode(signature.signer().fingerprint());
      signers.add(signature.identity().map(who -> Quoted.plain(who.name())).orElse(key));
      signatures.add(
          JsonObject.builder()
              .put("format", signature instanceof VerifiedSignature.Legacy ? "legacy" : "bundle")
              .put("origin", Quoted.plain(signature.origin().toString()))
              .put("key", key)
              .put("algorithm", signature.algorithm().toString())
              .put(
                  "claims",
                  report(signature, reference)
                      .<JsonValue>map(claims -> claims)
                      .orElse(JsonNull.INSTANCE))
              .build());
    }
    json.put("signers", ImageLine.strings(List.copyOf(signers)))
        .put("signatures", JsonArray.of(signatures))
        .put("reasons", ImageLine.reasons(verified.value().refusals()))
        .put("relaxations", ImageLine.strings(verified.relaxations()));
  }
}
