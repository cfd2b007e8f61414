package dev.bulla.admission.server;

import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.log.JsonLog;
import dev.bulla.admission.log.JsonLog.Level;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.error.Quoted;
import dev.bulla.error.Refusal;
import dev.bulla.error.VerificationException;
import dev.bulla.json.JsonArray;
import dev.bulla.json.JsonNumber;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
import dev.bulla.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One event for each review: which object, each image, which rule, what became of it, and why. */
final class ReviewLog {

  /** In one event; an object can have a thousand images, and an image that many signatures. */
  private static final int MAX_SIGNATURES = 50;

  private final JsonLog log;

  ReviewLog(JsonLog log) {
    this.log = log;
  }

  /** Somebody got no review. */
  void refused(String path, String why) {
    log.write(
        Level.WARN, "refused a request: " + why, JsonObject.builder().put("path", path).build());
  }

  void answered(String path, ReviewRequest review, Decision decision, Duration took) {
    boolean allowed = decision.answer().isAllowed();
    Level level = allowed && decision.answer().warnings().isEmpty() ? Level.INFO : Level.WARN;
    if (!log.writes(level)) {
      return;
    }
    JsonObject.Builder event =
        JsonObject.builder()
            .put("path", path)
            .put("uid", Quoted.plain(review.uid()))
            .put("namespace", Quoted.plain(review.namespace()))
            .put("kind", Quoted.plain(review.kind().name()))
            .put("name", Quoted.plain(review.objectName()))
            .put("operation", Quoted.plain(review.operation()))
            .put("user", Quoted.plain(review.user().name()))
            .put("dryRun", review.dryRun())
            .put("allowed", allowed)
            .put("category", decision.category().name().toLowerCase(Locale.ROOT))
            .put("milliseconds", JsonNumber.of(took.toMillis()));
    if (!review.user().uid().isEmpty()) {
      event.put("userUid", Quoted.plain(review.user().uid()));
    }
    List<JsonValue> images = new ArrayList<>();
    int[] room = {MAX_SIGNATURES};
    decision.images().forEach(image -> images.add(image(image, room)));
    event.put("images", JsonArray.of(images));
    decision.answer().denial().ifPresent(why -> event.put("reason", why));
    if (!decision.answer().warnings().isEmpty()) {
      event.put(
          "warnings",
          JsonArray.of(
              decision.answer().warnings().stream().<JsonValue>map(JsonString::new).toList()));
    }
    log.write(level, allowed ? "admitted a request" : "denied a request", event.build());
  }

  /**
   * @param room how many signatures may still be told of; counted down
   */
  private static JsonObject image(ImageDecision image, int[] room) {
    JsonObject.Builder out =
        JsonObject.builder()
            .put("image", Quoted.plain(image.image()))
            .put("fate", image.fate().name().toLowerCase(Locale.ROOT));
    Optional<RuleConfig> rule = image.rule();
    rule.ifPresent(found ->
        out.put("rule", Quoted.plain(found.pattern()))
            .put("validator", Quoted.plain(found.validator().name())));
    image.source().ifPresent(from -> out.put("source", from.name().toLowerCase(Locale.ROOT)));
    if (image.failure().isPresent()
        && image.failure().get() instanceof VerificationException no
        && !no.refusals().isEmpty()) {
      out.put("signatures", signatures(no.refusals(), room));
    }
    return out.put("message", message(image)).build();
  }

  /** What became of each signature that was looked at; the last entry counts what is left out. */
  private static JsonArray signatures(List<Refusal> refusals, int[] room) {
    List<JsonValue> all = new ArrayList<>();
    for (Refusal refusal : refusals) {
      if (room[0] == 0) {
        all.add(JsonObject.builder().put("more", refusals.size() - all.size()).build());
        break;
      }
      room[0]--;
      all.add(
          JsonObject.builder()
              .put("candidate", Quoted.plain(refusal.candidate()))
              .put("fate", refusal.reason().name().toLowerCase(Locale.ROOT))
              .put("detail", Quoted.plain(refusal.detail()))
              .build());
    }
    return JsonArray.of(all);
  }

  /** In the words that Connaisseur's users look for. */
  private static String message(ImageDecision image) {
    String original = Quoted.plain(image.image());
    String pattern = image.rule().map(rule -> Quoted.plain(rule.pattern())).orElse("");
    if (image.fate() == ImageDecision.Fate.STATIC_ALLOW) {
      return "static allow for image " + original + " using rule " + pattern;
    }
    if (image.fate() == ImageDecision.Fate.VERIFIED) {
      return "successfully validated image "
          + original
          + " using rule "
          + pattern
          + " and validator "
          + image.rule().map(rule -> Quoted.plain(rule.validator().name())).orElse("")
          + ". Result is "
          + image.admitted().orElseThrow()
          + ".";
    }
    return image.message();
  }
}
