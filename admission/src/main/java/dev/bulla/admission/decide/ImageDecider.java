package dev.bulla.admission.decide;

import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.RuleConfig;
import dev.bulla.admission.config.ValidatorConfig;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.rule.RuleChoice;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.error.VerificationException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Decides about one image of a request: by its rule, by what was decided before, or by its
 * signatures. Thread-safe when its verifier is.
 */
final class ImageDecider {

  /**
   * What is the same for all images of a request.
   *
   * @param before the images that the object had
   * @param owned the images of its owners; whoever needs them first runs it
   * @param pulls what its pods are pulled with, likewise
   * @param looks how many images may be looked at
   */
  record Asked(
      Set<String> before,
      FutureTask<Map<String, Digest>> owned,
      FutureTask<PullSecrets> pulls,
      Instant deadline,
      boolean dryRun,
      Semaphore looks) {}

  private final AdmissionConfig config;
  private final Features features;
  private final ImageVerifier verifier;

  ImageDecider(AdmissionConfig config, Features features, ImageVerifier verifier) {
    this.config = config;
    this.features = features;
    this.verifier = verifier;
  }

  /**
   * Decides about one image.
   *
   * @param text as the object names it
   */
  ImageDecision decide(String text, Asked asked) throws InterruptedException {
    ImageName name;
    try {
      name = ImageName.parse(text);
    } catch (MalformedInputException e) {
      return failed(text, Optional.empty(), e.message());
    }
    Optional<RuleChoice.Chosen> chosen = config.choice().choose(name);
    if (chosen.isEmpty()) {
      return failed(text, Optional.empty(), "no matching rule");
    }
    RuleConfig rule = config.rules().get(chosen.get().index());
    if (rule.validator() instanceof ValidatorConfig.Static validator) {
      return validator.approve()
          ? new ImageDecision(
              text, Fate.STATIC_ALLOW, Optional.of(rule), Optional.of(name), "static allow")
          : new ImageDecision(
              text,
              Fate.STATIC_DENY,
              Optional.of(rule),
              Optional.empty(),
              "static deny for image "
                  + Quoted.plain(text)
                  + " using rule "
                  + Quoted.plain(rule.pattern()));
    }
    if (features.unchangedApproval() && asked.before().contains(text)) {
      return new ImageDecision(
          text, Fate.UNCHANGED, Optional.of(rule), Optional.of(name), "unchanged image reference");
    }
    if (features.childApproval() && !features.podsOnly() && isOwned(text, name, asked)) {
      return new ImageDecision(
          text,
          Fate.CHILD,
          Optional.of(rule),
          Optional.of(name),
          "automatic approval of child image reference");
    }
    asked.looks().acquire();
    try {
      return judged(text, name, rule, verdict(name, rule, asked));
    } finally {
      asked.looks().release();
    }
  }

  private ImageVerdict verdict(ImageName name, RuleConfig rule, Asked asked)
      throws InterruptedException {
    if (!(rule.validator() instanceof ValidatorConfig.Cosign cosign)
        || !cosign.usesPodPullSecrets()) {
      return verifier.judge(name, rule, asked.deadline(), asked.dryRun());
    }
    asked.pulls().run();
    try {
      return verifier.judge(name, rule, asked.pulls().get(), asked.deadline(), asked.dryRun());
    } catch (ExecutionException e) {
      throw new IllegalStateException("pull secrets could not be looked for", e.getCause());
    }
  }

  /** An image with a digest of its own is the owner's only when that is the digest. */
  private static boolean isOwned(String text, ImageName name, Asked asked)
      throws InterruptedException {
    asked.owned().run();
    try {
      Digest digest = asked.owned().get().get(text);
      return digest != null && name.digest().orElse(digest).equals(digest);
    } catch (ExecutionException e) {
      // nobody knows what the owner was admitted with: its signatures decide
      return false;
    }
  }

  private static ImageDecision judged(
      String text, ImageName name, RuleConfig rule, ImageVerdict verdict) {
    return new ImageDecision(
        text,
        verdict.digest().isPresent() ? Fate.VERIFIED : Fate.FAILED,
        Optional.of(rule),
        verdict.digest().map(name::withDigest),
        verdict.failure().map(e -> denial(text, name, rule, e)).orElse("verified"),
        Optional.of(verdict.source()),
        verdict.failure());
  }

  /** With what the person who is denied can look at next, where signatures are what is wrong. */
  private static String denial(String text, ImageName name, RuleConfig rule, BullaException e) {
    String message =
        "error during cosign validation of image " + Quoted.plain(text) + ": " + e.message();
    return e instanceof VerificationException
        ? message
            + "; rule "
            + Quoted.text(rule.pattern())
            + ", more: bulla tree "
            + Quoted.plain(name.toString())
        : message;
  }

  private static ImageDecision failed(String text, Optional<RuleConfig> rule, String message) {
    return new ImageDecision(text, Fate.FAILED, rule, Optional.empty(), message);
  }
}
