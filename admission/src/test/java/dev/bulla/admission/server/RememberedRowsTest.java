package dev.bulla.admission.server;

import static dev.bulla.admission.Answers.patch;
import static dev.bulla.admission.Answers.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.cache.CacheOptions;
import dev.bulla.admission.cache.CachingVerifier;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connaisseur's rows about its cache: what is remembered, and what comes of it. */
class RememberedRowsTest {

  private static final Digest DIGEST = Digest.sha256(Bytes.utf8("an image"));

  @TempDir Path folder;

  private final AtomicInteger looks = new AtomicInteger();
  private Webhook webhook;
  private CachingVerifier cache;

  @BeforeEach
  void start() throws Exception {
    ImageResolver resolver = (image, rule, deadline) -> DIGEST;
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          looks.incrementAndGet();
          if (image.original().contains("good")) {
            return DIGEST;
          }
          throw new VerificationException(
              Outcome.NO_SIGNATURE, "no signatures found", List.of(), null);
        };
    // at a time that does not pass: nothing is forgotten, however slow the machine is
    Instant now = Instant.now();
    cache =
        CachingVerifier.inProcess(
            resolver,
            verifier,
            CacheOptions.of(Duration.ofHours(1), true),
            InstantSource.fixed(now));
    webhook = new Webhook(folder);
  }

  private void serve(boolean unchangedApproval) throws Exception {
    webhook.start(new Features(false, false, unchangedApproval, false), cache);
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  private static String cronJob(String image) {
    return Webhook.request(
        "CREATE",
        "CronJob",
        "{'spec':{'jobTemplate':{'spec':{'template':" + Webhook.podObject(image) + "}}}}",
        "null");
  }

  @Test
  @ConnaisseurRow({"H16", "Z7"})
  void h16WhatStaticRulesSayIsNotRemembered() throws Exception {
    serve(false);
    webhook.mutate(Webhook.pod("nginx"));
    webhook.mutate(Webhook.pod("allowed.io/aa"));

    assertThat(cache.counts().entries()).isZero();
    assertThat(looks).hasValue(0);
  }

  @Test
  @ConnaisseurRow("H15")
  void h15WhatWasPinnedIsRemembered() throws Exception {
    serve(false);
    String deployment =
        "{'spec':{'template':" + Webhook.podObject("securesystemsengineering/good:test") + "}}";
    JsonObject response =
        webhook.mutate(Webhook.request("CREATE", "Deployment", deployment, "null"));

    assertThat(response.get("patch")).isPresent();
    assertThat(cache.counts().entries()).isPositive();
  }

  @Test
  @ConnaisseurRow("H19")
  void h19WhatNeedsNoPinIsRememberedToo() throws Exception {
    serve(false);
    for (String image : List.of("signed.io/good@" + DIGEST, "signed.io/good2:1@" + DIGEST)) {
      int before = cache.counts().entries();
      JsonObject response = webhook.mutate(Webhook.pod(image));

      assertThat(text(response)).contains("\"allowed\":true").doesNotContain("patch");
      assertThat(cache.counts().entries()).as(image).isGreaterThan(before);
    }
  }

  @Test
  @ConnaisseurRow("Z3")
  void whatDidNotChangeIsNotAskedOfTheCache() throws Exception {
    serve(true);
    webhook.mutate(Webhook.pod("signed.io/bad:1"));
    String bad = Webhook.podObject("signed.io/bad:1");

    assertThat(text(webhook.mutate(Webhook.request("UPDATE", "Pod", bad, bad))))
        .contains("\"allowed\":true");
    assertThat(text(webhook.mutate(Webhook.request("UPDATE", "Pod", bad, "null"))))
        .contains("\"allowed\":false");
    assertThat(looks).hasValue(1);
    assertThat(webhook.get("/metrics").body())
        .contains(skipped("unchanged image reference", 1))
        .contains(skipped("cache hit", 1));
  }

  private static String skipped(String reason, int times) {
    return "connaisseur_validations_skipped_total{type=\"cosign\",validator_name=\"mine\",reason=\""
        + reason
        + "\"} "
        + times
        + "\n";
  }

  @Test
  @ConnaisseurRow({"H24", "Z8"})
  void eachDistinctImageCountsOnceWhateverBecomesOfIt() throws Exception {
    serve(true);
    webhook.mutate(Webhook.pod("signed.io/good1:1", "signed.io/bad1:1"));
    String ten =
        Webhook.podObject(
            "allowed.io/aa:1",
            "allowed.io/bb:1",
            "nginx:1",
            "signed.io/good1:1", // remembered
            "signed.io/bad1:1", // remembered
            "signed.io/bad2:1",
            "signed.io/good2:1",
            "signed.io/old:1", // unchanged
            "watched.io/good3:1",
            "signed.io/A B",
            "signed.io/good2:1",
            "nginx:1");
    webhook.mutate(Webhook.request("UPDATE", "Pod", ten, Webhook.podObject("signed.io/old:1")));

    String mine = "{type=\"cosign\",validator_name=\"mine\"";
    String allow = "{type=\"static\",validator_name=\"allow\"";
    String deny = "{type=\"static\",validator_name=\"deny\"";
    String unknown = "{type=\"unknown\",validator_name=\"\"";
    assertThat(webhook.get("/metrics").body())
        .contains("connaisseur_validations_total" + allow + ",result=\"success\"} 2\n")
        .contains("connaisseur_validations_total" + deny + ",result=\"error\"} 1\n")
        .contains("connaisseur_validations_total" + mine + ",result=\"success\"} 5\n")
        .contains("connaisseur_validations_total" + mine + ",result=\"error\"} 3\n")
        .contains("connaisseur_validations_total" + unknown + ",result=\"error\"} 1\n")
        .contains("connaisseur_validations_successful_total" + allow + "} 2\n")
        .contains("connaisseur_validations_successful_total" + mine + "} 5\n")
        .contains("connaisseur_validations_failed_total" + deny + "} 1\n")
        .contains("connaisseur_validations_failed_total" + mine + "} 3\n")
        .contains("connaisseur_validations_failed_total" + unknown + "} 1\n")
        .contains(skipped("unchanged image reference", 1))
        .contains(skipped("cache hit", 2))
        .doesNotContain("connaisseur_validations_timeouted_total{");
    assertThat(looks).hasValue(5);
  }

  @Test
  @ConnaisseurRow({"H17", "H24"})
  void h17And24ADenialIsRememberedWordForWord() throws Exception {
    serve(false);
    String first = text(webhook.mutate(cronJob("signed.io/bad:1")));
    assertThat(first)
        .contains("\"allowed\":false")
        .contains("error during cosign validation of image signed.io/bad:1: no signatures found");
    assertThat(cache.counts().entries()).isPositive();

    assertThat(text(webhook.mutate(cronJob("signed.io/bad:1")))).isEqualTo(first);
    assertThat(looks).hasValue(1);
  }

  @Test
  @ConnaisseurRow("H24")
  void h24AVerifiedDigestIsPatchedInFromMemory() throws Exception {
    serve(false);
    JsonObject first = webhook.mutate(cronJob("signed.io/good:1"));
    JsonObject second = webhook.mutate(cronJob("signed.io/good:1"));

    assertThat(looks).hasValue(1);
    assertThat(text(second)).isEqualTo(text(first));
    assertThat(patch(second))
        .contains("/spec/jobTemplate/spec/template/spec/containers/0/image")
        .contains("signed.io/good:1@" + DIGEST);
  }
}
