package dev.bulla.cli.command;

import dev.bulla.StoredSignature;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code sign} prints of each image where a program wants to know. */
final class SigningLines {

  private final ParsedFlags flags;
  private final CommandContext context;

  SigningLines(ParsedFlags flags, CommandContext context) {
    this.flags = flags;
    this.context = context;
  }

  boolean isForPrograms() {
    return flags.get(SignCommand.OUTPUT).equals("ndjson");
  }

  void print(ManyImages.Outcome<List<SigningResult>> outcome) {
    if (!isForPrograms()) {
      if (outcome.wasDoneBefore()) {
        context.note("signed by an earlier run: " + Quoted.plain(outcome.typed()));
      }
      if (confirms() && outcome.result().isPresent()) {
        outcome
            .result()
            .get()
            .forEach(result -> result.stored().forEach(stored -> printReceipt(result, stored)));
      }
      return;
    }
    JsonObject.Builder json =
        ImageLine.start(
            outcome.reference().map(Reference::toString).orElse(Quoted.plain(outcome.typed())),
            outcome.image());
    if (outcome.failure().isPresent()) {
      ImageLine.print(context, ImageLine.failure(json, outcome.failure().get()).build());
      return;
    }
    json.put("verdict", "signed").put("exitCode", ExitCode.OK);
    if (outcome.wasDoneBefore()) {
      json.put("resumed", true);
    } else {
      json.put(
              "signers",
              ImageLine.strings(
                  results(outcome).stream().map(SigningResult::signer).distinct().toList()))
          .put(
              "manifests",
              ImageLine.strings(
                  results(outcome).stream().map(r -> r.target().image().toString()).toList()))
          .put(
              "written",
              ImageLine.strings(
                  results(outcome).stream()
                      .filter(SigningResult::written)
                      .map(r -> r.target().image().toString())
                      .toList()));
      if (confirms()) {
        List<JsonObject> receipts = new ArrayList<>();
        results(outcome)
            .forEach(r -> r.stored().forEach(stored -> receipts.add(receipt(r, stored))));
        json.put("receipts", JsonArray.of(receipts));
      }
    }
    ImageLine.print(context, json.build());
  }

  private static List<SigningResult> results(ManyImages.Outcome<List<SigningResult>> outcome) {
    return outcome.result().orElseThrow();
  }

  private boolean confirms() {
    return flags.get(SignCommand.CONFIRM);
  }

  private static String format(StoredSignature stored) {
    return stored.format().name().toLowerCase(Locale.ROOT);
  }

  private static JsonObject receipt(SigningResult result, StoredSignature stored) {
    return JsonObject.builder()
        .put("image", stored.image().toString())
        .put("format", format(stored))
        .put("place", Quoted.plain(stored.place()))
        .put("signer", result.signer())
        .put("payload", stored.payload().toString())
        .put("signature", stored.signature().toString())
        .build();
  }

  private void printReceipt(SigningResult result, StoredSignature stored) {
    context.out().println("Confirmed: " + stored.image());
    context.out().println("  format:    " + format(stored));
    context.out().println("  stored in: " + Quoted.plain(stored.place()));
    context.out().println("  signer:    " + result.signer());
    context.out().println("  payload:   " + stored.payload());
    context.out().println("  signature: " + stored.signature());
  }
}
