package dev.bulla.admission.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.json.JsonBoolean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log says of a review, and who else hears of it. */
class ReviewLogTest {

  @TempDir Path folder;

  private static ImageVerifier refusing(List<Refusal> refusals) {
    return (image, rule, deadline) -> {
      throw new VerificationException(Outcome.REFUSED, "no", refusals, null);
    };
  }

  private static String event(Webhook webhook) {
    return webhook.log.stream()
        .filter(line -> line.contains("denied a request"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void eachSignatureThatWasLookedAtIsToldWithItsFate() throws Exception {
    List<Refusal> refusals =
        List.of(
            new Refusal("default: signature 1", ReasonCode.SIGNATURE_MISMATCH, "by another key"),
            new Refusal("default: signature 2", ReasonCode.NO_LOG_ENTRY, "no entry"));
    try (Webhook webhook = new Webhook(folder).start(Features.NONE, refusing(refusals))) {
      webhook.mutate(Webhook.pod("signed.io/app:1"));

      assertThat(event(webhook))
          .contains(
              "\"signatures\":[{\"candidate\":\"default: signature 1\","
                  + "\"fate\":\"signature_mismatch\",\"detail\":\"by another key\"},"
                  + "{\"candidate\":\"default: signature 2\",\"fate\":\"no_log_entry\","
                  + "\"detail\":\"no entry\"}]");
    }
  }

  @Test
  void aThousandSignaturesAreCounted() throws Exception {
    List<Refusal> refusals = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      refusals.add(new Refusal("signature " + i, ReasonCode.MALFORMED, "x".repeat(10_000)));
    }
    try (Webhook webhook = new Webhook(folder).start(Features.NONE, refusing(refusals))) {
      webhook.mutate(Webhook.pod("signed.io/app:1", "signed.io/other:1"));

      assertThat(event(webhook)).contains("{\"more\":950}", "{\"more\":1000}");
      assertThat(event(webhook).length()).isLessThan(30_000);
    }
  }

  @Test
  void whoListensAndBreaksTakesNoAnswerAway() throws Exception {
    Webhook webhook = new Webhook(folder);
    webhook.listener =
        (path, review, decision, took) -> {
          throw new IllegalStateException("broken");
        };
    try (webhook) {
      webhook.start(Features.NONE, refusing(List.of()));

      assertThat(webhook.mutate(Webhook.pod("allowed.io/app:1")).get("allowed"))
          .contains(JsonBoolean.TRUE);
      assertThat(webhook.log)
          .anyMatch(line -> line.contains("internal error: ") && line.contains("broken"));
    }
  }
}
