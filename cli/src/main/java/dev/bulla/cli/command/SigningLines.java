package dev.bulla.cli.command;

import dev.bulla.SigningTarget;
import dev.bulla.bytes.HexText;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.error.BullaBug;
import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.json.JsonObject;
import dev.bulla.oci.Reference;
import java.util.List;

/** What {@code sign} prints of each image where a program wants to know. */
final class SigningLines {

  private final ParsedFlags flags;
  private final CommandContext context;
  private final LazySigner signer;

  SigningLines(ParsedFlags flags, CommandContext context, LazySigner signer) {
    this.flags = flags;
    this.context = context;
    this.signer = signer;
  }

  boolean isForPrograms() {
    return flags.get(SignCommand.OUTPUT).equals("ndjson");
  }

  void print(ManyImages.Outcome<List<SigningTarget>> outcome) {
    if (!isForPrograms()) {
      if (outcome.wasDoneBefore()) {
        context.note("signed by an earlier run: " + Quoted.plain(outcome.typed()));
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
      json.put("signers", ImageLine.strings(List.of("sha256:" + fingerprint())))
          .put(
              "manifests",
              ImageLine.strings(
                  outcome.result().orElseThrow().stream()
                      .map(target -> target.image().toString())
                      .toList()));
    }
    ImageLine.print(context, json.build());
  }

  private String fingerprint() {
    try {
      return HexText.encode(signer.get().publicKey().fingerprint());
    } catch (BullaException e) {
      throw new BullaBug("an image was signed with a key that cannot be opened", e);
    }
  }
}
