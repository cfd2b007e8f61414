package dev.bulla.admission.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.cache.CacheOptions;
import dev.bulla.admission.cache.CachingVerifier;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.decide.ImageResolver;
import dev.bulla.admission.decide.ImageVerifier;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.json.GoJson;
import dev.bulla.json.JsonObject;
import dev.bulla.json.JsonString;
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
    webhook.start(Features.NONE, cache);
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

  private static String text(JsonObject response) throws Exception {
    return GoJson.write(response).toUtf8String("answer");
  }

  @Test
  void h16WhatStaticRulesSayIsNotRemembered() throws Exception {
    webhook.mutate(Webhook.pod("nginx"));
    webhook.mutate(Webhook.pod("allowed.io/aa"));

    assertThat(cache.counts().entries()).isZero();
    assertThat(looks).hasValue(0);
  }

  @Test
  void h17And24ADenialIsRememberedWordForWord() throws Exception {
    String first = text(webhook.mutate(cronJob("signed.io/bad:1")));
    assertThat(first)
        .contains("\"allowed\":false")
        .contains("error during cosign validation of image signed.io/bad:1: no signatures found");
    assertThat(cache.counts().entries()).isPositive();

    assertThat(text(webhook.mutate(cronJob("signed.io/bad:1")))).isEqualTo(first);
    assertThat(looks).hasValue(1);
  }

  @Test
  void h24AVerifiedDigestIsPatchedInFromMemory() throws Exception {
    JsonObject first = webhook.mutate(cronJob("signed.io/good:1"));
    JsonObject second = webhook.mutate(cronJob("signed.io/good:1"));

    assertThat(looks).hasValue(1);
    assertThat(text(second)).isEqualTo(text(first));
    String patch = ((JsonString) second.get("patch").orElseThrow()).value();
    assertThat(Base64Text.decode(patch, "patch").toUtf8String("patch"))
        .contains("/spec/jobTemplate/spec/template/spec/containers/0/image")
        .contains("signed.io/good:1@" + DIGEST);
  }
}
