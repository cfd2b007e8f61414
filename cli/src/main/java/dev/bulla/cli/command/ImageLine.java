package dev.bulla.cli.command;

import dev.bulla.error.BullaException;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.oci.DigestReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One image on one line, for programs: {@code reference}, {@code image}, {@code digest}, {@code
 * verdict}, {@code exitCode}, and what the command adds. Members are only ever added.
 */
final class ImageLine {

  private ImageLine() {}

  /** The start of every line. */
  static JsonObject.Builder start(String reference, Optional<DigestReference> image) {
    JsonObject.Builder json = JsonObject.builder().put("reference", reference);
    image.ifPresent(i -> json.put("image", i.toString()).put("digest", i.digest().toString()));
    return json;
  }

  /** The line of an image that failed. */
  static JsonObject failed(
      String reference, Optional<DigestReference> image, BullaException failure) {
    return failure(start(reference, image), failure).build();
  }

  /** The verdict of a failure, with what it says. */
  static JsonObject.Builder failure(JsonObject.Builder json, BullaException failure) {
    json.put("verdict", verdict(failure))
        .put("exitCode", ExitCode.of(failure))
        .put("message", failure.message());
    return json.put(
        "reasons",
        reasons(failure instanceof VerificationException verdict ? verdict.refusals() : List.of()));
  }

  /** Why candidates do not count. */
  static JsonArray reasons(List<Refusal> refusals) {
    List<JsonObject> reasons = new ArrayList<>();
    for (Refusal refusal : refusals) {
      reasons.add(
          JsonObject.builder()
              .put("candidate", Quoted.plain(refusal.candidate()))
              .put("reason", refusal.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .put("detail", refusal.detail())
              .build());
    }
    return JsonArray.of(reasons);
  }

  private static String verdict(BullaException failure) {
    return switch (failure.code()) {
      case NO_SIGNATURE -> "unsigned";
      case NOT_FOUND -> "not-found";
      case NO_MATCHING_SIGNATURE -> "refused";
      case NO_CERTIFICATE -> "no-certificate";
      case REGISTRY, UNDECIDED -> "undecided";
      case MALFORMED_INPUT, MALFORMED_EVIDENCE -> "malformed";
      case CONFIGURATION, KEY, SERVICE -> "failed";
    };
  }

  static JsonArray strings(List<String> texts) {
    return JsonArray.of(texts.stream().map(JsonString::new).toList());
  }

  static void print(CommandContext context, JsonObject line) {
    context.out().print(GoJson.write(line));
    context.out().println();
    context.out().flush(); // whoever reads along should not have to wait for the end
  }
}
