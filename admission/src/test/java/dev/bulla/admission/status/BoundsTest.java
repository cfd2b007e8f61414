package dev.bulla.admission.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.ImageDecision;
import dev.bulla.admission.image.ImageName;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.registry.transport.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever may create objects chooses what is remembered, and cannot choose how much. */
class BoundsTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final RecentDecisions recent = new RecentDecisions();
  private final RegistryHealth registries = new RegistryHealth(InstantSource.fixed(NOW));

  private static ReviewRequest request(String text) {
    return new ReviewRequest(
        "admission.k8s.io/v1",
        "AdmissionReview",
        "u",
        new ReviewRequest.Kind("", text),
        text,
        "",
        text,
        new ReviewRequest.User(text, text),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static ImageDecision denied(String image) {
    return new ImageDecision(
        image, ImageDecision.Fate.FAILED, Optional.empty(), Optional.empty(), "no, " + image);
  }

  private static ImageDecision admitted(String image) throws Exception {
    return new ImageDecision(
        image,
        ImageDecision.Fate.STATIC_ALLOW,
        Optional.empty(),
        Optional.of(ImageName.parse(image)),
        "static allow");
  }

  private static Decision decision(List<ImageDecision> images) {
    return new Decision(ReviewAnswer.denied("no"), images, Decision.Category.DENIED);
  }

  private void add(String text, List<ImageDecision> images) {
    recent.add("/mutate", request(text), decision(images), Duration.ofMillis(5), NOW);
  }

  @Test
  void theOldestDecisionsAreForgottenAndStillCounted() {
    for (int i = 0; i < RecentDecisions.MAX + 50; i++) {
      add("Pod", List.of(denied("image-" + i)));
    }

    assertThat(recent.newest()).hasSize(RecentDecisions.MAX);
    assertThat(recent.newest().get(0).image()).isEqualTo("image-349");
    assertThat(recent.all()).isEqualTo(RecentDecisions.MAX + 50);
  }

  @Test
  void ofALargeObjectTheDenialsAreShown() throws Exception {
    List<ImageDecision> images = new ArrayList<>();
    for (int i = 0; i < 999; i++) {
      images.add(admitted("image-" + i));
    }
    images.add(denied("the-one"));

    add("Pod", images);

    assertThat(recent.newest()).hasSize(RecentDecisions.MAX_OF_REVIEW);
    assertThat(recent.newest().get(0).image()).isEqualTo("the-one");
    assertThat(recent.newest().get(1).verdict()).isEqualTo(Status.Verdict.WITH_OTHERS);
    assertThat(recent.all()).isEqualTo(1000);
  }

  private Status.Decided shown(ReviewAnswer answer, ImageDecision image) {
    recent.add(
        "/validate",
        request("Pod"),
        new Decision(answer, List.of(image), Decision.Category.DENIED),
        Duration.ofMillis(5),
        NOW);
    return recent.newest().get(0);
  }

  @Test
  void whatAFeatureLetThroughWasNotAdmitted() throws Exception {
    ReviewAnswer denial = ReviewAnswer.denied("not pinned");
    ReviewAnswer relaxed = denial.insteadWarning("detection mode active");

    Status.Decided row = shown(relaxed, admitted("image"));
    assertThat(row.verdict()).isEqualTo(Status.Verdict.LET_THROUGH);
    assertThat(row.reason()).isEqualTo("detection mode active: not pinned");
    assertThat(shown(relaxed, denied("image")).verdict()).isEqualTo(Status.Verdict.LET_THROUGH);
    // no other image was denied here
    assertThat(shown(denial, admitted("image")).verdict()).isEqualTo(Status.Verdict.DENIED);

    recent.add(
        "/mutate",
        request("Role"),
        new Decision(relaxed, List.of(), Decision.Category.INVALID),
        Duration.ofMillis(5),
        NOW);
    assertThat(recent.newest().get(0).verdict()).isEqualTo(Status.Verdict.LET_THROUGH);
  }

  @Test
  void longTextsAreCutAndCannotForgeLines() {
    add("x\n".repeat(100_000), List.of(denied("y\u202e".repeat(100_000))));

    assertThat(recent.newest().get(0).toString().length()).isLessThan(10_000);
    assertThat(recent.newest().get(0).toString()).doesNotContain("\n", "\u202e");
  }

  @Test
  void aReviewWithoutImagesIsOneRow() {
    add("Role", List.of());

    assertThat(recent.newest()).hasSize(1);
    assertThat(recent.newest().get(0).reason()).isEqualTo("no");
  }

  @Test
  void onlyTheServersThatWereAskedLastAreRemembered() {
    Origin kept = new Origin("https", "kept.example", 443);
    for (int i = 0; i < 10 * RegistryHealth.MAX; i++) {
      Origin server = new Origin("https", "r" + i + ".example", 443);
      registries.begun(server);
      registries.ended(server, "200", Duration.ofMillis(i));
      registries.begun(kept);
      registries.ended(kept, Integer.toString(200 + i % 400), Duration.ofMillis(10));
    }

    assertThat(registries.all()).hasSize(RegistryHealth.MAX);
    Status.Registry first = registries.all().get(0);
    assertThat(first.server()).isEqualTo("https://kept.example");
    assertThat(first.calls()).isEqualTo(10L * RegistryHealth.MAX);
    assertThat(first.underWay()).isZero();
    assertThat(first.usual()).isEqualTo(Duration.ofMillis(10));
    assertThat(first.codes()).hasSizeLessThan(30).containsKey("other");
  }

  @Test
  void whatIsNotThereIsNoFaultOfARegistryAndNoAnswerIs() {
    assertThat(List.of("200", "401", "404", "cancelled")).noneMatch(RegistryHealth::isError);
    assertThat(List.of("429", "500", "503", "timeout", "unreachable", "tls", "broken"))
        .allMatch(RegistryHealth::isError);
  }
}
