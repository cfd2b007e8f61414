package dev.bulla.admission.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.Latches;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.decide.Decision.Category;
import dev.bulla.admission.decide.ImageDecision.Fate;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.VerificationException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeciderTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final String CONFIG =
      """
      validators:
      - {name: allow, type: static, approve: true}
      - {name: deny, type: static, approve: false}
      - name: mine
        type: cosign
        trustRoots: [{name: default, key: "k8s://a/b"}]
      policy:
      - {pattern: "*:*", validator: deny}
      - {pattern: "allowed.io/*", validator: allow}
      - {pattern: "signed.io/*", validator: mine}
      - {pattern: "watched.io/*", validator: mine, with: {mode: insecureValidateOnly}}
      """;

  private static final ImageVerifier SIGNED = (image, rule, deadline) -> Digest.parse(DIGEST);

  private static final ImageVerifier UNSIGNED =
      (image, rule, deadline) -> {
        throw new ConfigurationException("no signatures found");
      };

  private static Decider decider(Features features, ImageVerifier verifier) throws Exception {
    return new Decider(
        ConfigLoader.load(CONFIG, "config.yaml"), features, verifier, InstantSource.system());
  }

  private static String pod(String... images) {
    StringBuilder containers = new StringBuilder();
    for (String image : images) {
      containers.append(containers.isEmpty() ? "" : ",").append("{'image':'" + image + "'}");
    }
    return "{'spec':{'containers':[" + containers + "]}}";
  }

  private static ReviewRequest request(String operation, String kind, String object, String old)
      throws Exception {
    String group = kind.equals("Pod") ? "" : "apps";
    return ReviewRequest.parse(
        Bytes.utf8(
            ("{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','request':{'uid':'u-1',"
                    + "'kind':{'group':'"
                    + group
                    + "','kind':'"
                    + kind
                    + "'},"
                    + "'operation':'"
                    + operation
                    + "','object':"
                    + object
                    + ",'oldObject':"
                    + old
                    + "}}")
                .replace('\'', '"')));
  }

  private static ReviewRequest create(String... images) throws Exception {
    return request("CREATE", "Pod", pod(images), "null");
  }

  private static ReviewAnswer.Change change(int container, String image) {
    return new ReviewAnswer.Change("/spec/containers/" + container + "/image", image);
  }

  @Test
  void aTagGetsTheVerifiedDigestAndStays() throws Exception {
    Decision decision =
        decider(Features.NONE, SIGNED).decide(create("signed.io/aa:1", "signed.io/aa:1"), LONG);

    assertThat(decision.answer().changes())
        .containsExactly(
            change(0, "signed.io/aa:1@" + DIGEST), change(1, "signed.io/aa:1@" + DIGEST));
    assertThat(decision.images()).hasSize(1);
    assertThat(decision.category()).isEqualTo(Category.SUCCESS);
  }

  @Test
  void oneRequestDoesNotLookAtAllItsImagesAtOnce() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch sixteen = new CountDownLatch(16);
    ImageVerifier counting =
        (image, rule, deadline) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          sixteen.countDown();
          Latches.await(sixteen);
          running.decrementAndGet();
          return Digest.parse(DIGEST);
        };
    String[] images = new String[200];
    for (int i = 0; i < images.length; i++) {
      images[i] = "signed.io/app" + i + ":1";
    }
    Decision decision = decider(Features.NONE, counting).decide(create(images), LONG);

    assertThat(decision.answer().isAllowed()).isTrue();
    assertThat(decision.images()).hasSize(200);
    assertThat(most).hasValue(16);
  }

  @Test
  void whatIsPinnedAlreadyIsNotChanged() throws Exception {
    Decision decision =
        decider(Features.NONE, SIGNED)
            .decide(
                create("signed.io/aa@" + DIGEST, "signed.io/bb:1@" + DIGEST, "watched.io/cc:1"),
                LONG);
    assertThat(decision.answer().isAllowed()).isTrue();
    assertThat(decision.answer().changes()).isEmpty();
  }

  @Test
  void staticValidatorsDecideWithoutLooking() throws Exception {
    ImageVerifier never =
        (image, rule, deadline) -> {
          throw new AssertionError("asked");
        };
    assertThat(decider(Features.NONE, never).decide(create("allowed.io/aa"), LONG).answer())
        .isEqualTo(ReviewAnswer.allowed());
    assertThat(decider(Features.NONE, never).decide(create("nginx"), LONG).answer().denial())
        .contains("static deny for image nginx using rule *:*");
  }

  @Test
  void theFirstDenialInTheWorkloadIsToldWhoeverAnsweredFirst() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          if (image.original().endsWith("a:1")) {
            Latches.await(second);
          } else {
            second.countDown();
          }
          return UNSIGNED.verify(image, rule, deadline);
        };
    Decision decision =
        decider(Features.NONE, verifier)
            .decide(create("allowed.io/xx", "signed.io/aa:1", "signed.io/bb:1"), LONG);
    assertThat(decision.answer().denial())
        .contains(
            "error during cosign validation of image signed.io/aa:1: no signatures found (+1"
                + " more)");
    assertThat(decision.images())
        .extracting(ImageDecision::fate)
        .containsExactly(Fate.STATIC_ALLOW, Fate.FAILED, Fate.FAILED);
    assertThat(decision.category()).isEqualTo(Category.DENIED);
  }

  @Test
  void whatIsNotKnownInTimeIsDenied() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          Latches.await(never);
          return Digest.parse(DIGEST);
        };
    Decision decision =
        decider(Features.NONE, verifier)
            .decide(create("signed.io/aa:1", "allowed.io/bb"), Duration.ofMillis(200));
    assertThat(decision.answer().denial())
        .contains("validation of admission request u-1 timed out after validating 1/2 images");
    assertThat(decision.category()).isEqualTo(Category.TIMEOUT);
  }

  @Test
  void aFaultOfOursNeverAdmits() throws Exception {
    ImageVerifier broken =
        (image, rule, deadline) -> {
          throw new IllegalStateException("secret detail");
        };
    assertThat(
            decider(Features.NONE, broken).decide(create("signed.io/aa:1"), LONG).answer().denial())
        .contains("internal error while deciding about image signed.io/aa:1");
  }

  @Test
  void aFaultOfOursIsTold() throws Exception {
    IllegalStateException fault = new IllegalStateException("detail");
    ImageVerifier broken =
        (image, rule, deadline) -> {
          throw fault;
        };
    List<Throwable> told = new ArrayList<>();
    Decider decider =
        new Decider(
            ConfigLoader.load(CONFIG, "config.yaml"),
            Features.NONE,
            broken,
            OwnerImages.NONE,
            InstantSource.system(),
            told::add);

    assertThat(decider.decide(create("signed.io/aa:1"), LONG).answer().isAllowed()).isFalse();
    assertThat(told).containsExactly(fault);

    told.clear();
    assertThat(decider.decide(create("signed.io/A B", "nginx"), LONG).answer().isAllowed())
        .isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void whatIsNoImageIsDenied() throws Exception {
    assertThat(
            decider(Features.NONE, SIGNED).decide(create("signed.io/A B"), LONG).answer().denial())
        .hasValueSatisfying(text -> assertThat(text).startsWith("invalid image reference"));
  }

  @Test
  @ConnaisseurRow("M25")
  void whatNoRuleDescribesIsDenied() throws Exception {
    Decider some =
        new Decider(
            ConfigLoader.load(
                CONFIG.replace("- {pattern: \"*:*\", validator: deny}\n", ""), "config.yaml"),
            Features.NONE,
            SIGNED,
            InstantSource.system());
    assertThat(some.decide(create("signed.io/aa:1", "other.io/aa:1"), LONG).answer().denial())
        .contains("no matching rule");
  }

  @Test
  void detectionModeWarnsInsteadOfDenying() throws Exception {
    Decision decision =
        decider(new Features(true, false, false, false), UNSIGNED)
            .decide(create("signed.io/aa:1"), LONG);
    assertThat(decision.answer().isAllowed()).isTrue();
    assertThat(decision.answer().warnings()).first().isEqualTo("detection mode active");
    assertThat(decision.answer().warnings()).hasSize(2);
    assertThat(decision.category()).isEqualTo(Category.DENIED);
  }

  @Test
  void podsOnlyLetsOtherKindsThroughUnchangedAndWinsOverDetectionMode() throws Exception {
    String deployment = "{'spec':{'template':" + pod("signed.io/aa:1") + "}}";
    ReviewRequest request = request("CREATE", "Deployment", deployment, "null");
    Features features = new Features(true, true, false, false);

    ReviewAnswer denied = decider(features, UNSIGNED).decide(request, LONG).answer();
    assertThat(denied.isAllowed()).isTrue();
    assertThat(denied.warnings()).first().isEqualTo("pod-only validation active");

    ReviewAnswer verified = decider(features, SIGNED).decide(request, LONG).answer();
    assertThat(verified).isEqualTo(ReviewAnswer.allowed());

    ReviewAnswer pod = decider(features, UNSIGNED).decide(create("signed.io/aa:1"), LONG).answer();
    assertThat(pod.warnings()).first().isEqualTo("detection mode active");
    assertThat(decider(Features.NONE, UNSIGNED).decide(request, LONG).answer().isAllowed())
        .isFalse();
  }

  @Test
  @ConnaisseurRow({"Z1", "Z7"})
  void anUpdateMayKeepItsImagesWhereThatIsAllowed() throws Exception {
    ReviewRequest same =
        request("UPDATE", "Pod", pod("signed.io/aa:1"), pod("signed.io/xx:1", "signed.io/aa:1"));
    ReviewRequest other = request("UPDATE", "Pod", pod("signed.io/bb:1"), pod("signed.io/aa:1"));
    ReviewRequest denied = request("UPDATE", "Pod", pod("nginx"), pod("nginx"));
    Features unchanged = new Features(false, false, true, false);

    Decision kept = decider(unchanged, UNSIGNED).decide(same, LONG);
    assertThat(kept.answer()).isEqualTo(ReviewAnswer.allowed());
    assertThat(kept.category()).isEqualTo(Category.SKIP);
    assertThat(decider(Features.NONE, UNSIGNED).decide(same, LONG).answer().isAllowed()).isFalse();
    ReviewRequest unknown = request("UPDATE", "Pod", pod("signed.io/aa:1"), "null");
    assertThat(decider(unchanged, UNSIGNED).decide(unknown, LONG).answer().isAllowed()).isFalse();
    assertThat(decider(unchanged, UNSIGNED).decide(other, LONG).answer().isAllowed()).isFalse();
    assertThat(decider(unchanged, UNSIGNED).decide(denied, LONG).answer().isAllowed()).isFalse();
  }

  @Test
  void whoIsDeniedForSignaturesIsToldTheRuleAndWhereToLook() throws Exception {
    ImageVerifier refused =
        (image, rule, deadline) -> {
          throw new VerificationException(
              VerificationException.Outcome.REFUSED, "no matching signatures", List.of(), null);
        };
    assertThat(
            decider(Features.NONE, refused)
                .decide(request("CREATE", "Pod", pod("signed.io/aa:1"), "null"), LONG)
                .answer()
                .denial())
        .contains(
            "error during cosign validation of image signed.io/aa:1: no matching signatures; rule"
                + " \"signed.io/*\", more: bulla tree signed.io/aa:1");
  }

  @Test
  @ConnaisseurRow({"Z2", "Z7"})
  void anObjectMayHaveTheImagesThatItsOwnerWasAdmittedWith() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    String other = "sha256:" + "aa".repeat(32);
    String pinned = "signed.io/cc:1@" + DIGEST;
    String moved = "signed.io/dd:1@" + other;
    Digest digest = Digest.parse(DIGEST);
    OwnerImages owners =
        (request, deadline) -> {
          asked.incrementAndGet();
          return Map.of("signed.io/aa:1", digest, pinned, digest, moved, digest, "nginx", digest);
        };
    ReviewRequest same = request("CREATE", "Pod", pod("signed.io/aa:1", pinned), "null");

    Decision child = owned(new Features(false, false, false, true), owners).decide(same, LONG);
    assertThat(child.answer()).isEqualTo(ReviewAnswer.allowed());
    assertThat(child.category()).isEqualTo(Category.SKIP);
    assertThat(child.images())
        .extracting(ImageDecision::fate)
        .containsExactly(Fate.CHILD, Fate.CHILD);
    assertThat(asked).hasValue(1);

    for (String image : List.of("signed.io/bb:1", moved, "nginx")) {
      ReviewRequest request = request("CREATE", "Pod", pod(image), "null");
      assertThat(
              owned(new Features(false, false, false, true), owners)
                  .decide(request, LONG)
                  .answer()
                  .isAllowed())
          .as(image)
          .isFalse();
    }
    asked.set(0);
    for (Features off : List.of(Features.NONE, new Features(false, true, false, true))) {
      assertThat(owned(off, owners).decide(same, LONG).answer().isAllowed()).isFalse();
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void ownersThatCannotBeAskedApproveOfNothing() throws Exception {
    OwnerImages broken =
        (request, deadline) -> {
          throw new IllegalStateException("no");
        };
    ReviewRequest request = request("CREATE", "Pod", pod("signed.io/aa:1"), "null");
    assertThat(
            owned(new Features(false, false, false, true), broken)
                .decide(request, LONG)
                .answer()
                .denial())
        .hasValueSatisfying(message -> assertThat(message).endsWith("no signatures found"));
  }

  private static Decider owned(Features features, OwnerImages owners) throws Exception {
    return new Decider(
        ConfigLoader.load(CONFIG, "config.yaml"),
        features,
        UNSIGNED,
        owners,
        InstantSource.system());
  }

  @Test
  void whatIsOnItsWayOutIsLetGoAndOnlyThat() throws Exception {
    String going =
        "{'metadata':{'deletionTimestamp':'2026-01-01T00:00:00Z'},'spec':"
            + "{'containers':[{'image':'signed.io/aa:1'}]}}";
    Decider decider = decider(Features.NONE, UNSIGNED);
    assertThat(
            decider
                .decide(request("UPDATE", "Pod", pod("signed.io/aa:1"), going), LONG)
                .answer()
                .isAllowed())
        .isTrue();
    assertThat(
            decider
                .decide(request("UPDATE", "Pod", going, pod("signed.io/aa:1")), LONG)
                .answer()
                .isAllowed())
        .isFalse();
    assertThat(decider.decide(request("CREATE", "Pod", going, "null"), LONG).answer().isAllowed())
        .isFalse();
    assertThat(decider.decide(request("CREATE", "Pod", going, going), LONG).answer().isAllowed())
        .isFalse();
  }

  @Test
  void objectsThatRunNothingAreDenied() throws Exception {
    Decider decider = decider(Features.NONE, SIGNED);
    Decision role = decider.decide(request("CREATE", "Role", "{}", "null"), LONG);
    assertThat(role.answer().denial())
        .contains("error decoding new workload object: unknown workload kind \"Role.apps\"");
    assertThat(role.category()).isEqualTo(Category.INVALID);
    assertThat(decider.decide(request("CREATE", "Pod", "null", "null"), LONG).answer().isAllowed())
        .isFalse();
    assertThat(
            decider
                .decide(request("UPDATE", "Pod", pod("allowed.io/aa"), "{'spec':[]}"), LONG)
                .answer()
                .denial())
        .hasValueSatisfying(
            text -> assertThat(text).startsWith("error decoding old workload object: "));
  }

  @Test
  void onlyDeletingAndConnectingAreNotLookedAt() throws Exception {
    Decider decider = decider(Features.NONE, SIGNED);
    for (String operation : List.of("DELETE", "CONNECT")) {
      ReviewRequest request = request(operation, "Pod", "null", pod("nginx"));
      assertThat(decider.decide(request, LONG).answer()).isEqualTo(ReviewAnswer.allowed());
    }
    for (String operation : List.of("", "create", "Update", "PATCH", "delete")) {
      Decision decision = decider.decide(request(operation, "Pod", pod("nginx"), "null"), LONG);
      assertThat(decision.answer().denial())
          .as(operation)
          .hasValueSatisfying(text -> assertThat(text).startsWith("unknown operation"));
      assertThat(decision.category()).isEqualTo(Category.INVALID);
    }
  }

  @Test
  void imagesAreLookedAtSideBySide() throws Exception {
    CountDownLatch all = new CountDownLatch(3);
    AtomicInteger asked = new AtomicInteger();
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          asked.incrementAndGet();
          all.countDown();
          Latches.await(all);
          return Digest.parse(DIGEST);
        };
    Decision decision =
        decider(Features.NONE, verifier)
            .decide(
                create("signed.io/aa:1", "signed.io/bb:1", "signed.io/cc:1", "signed.io/aa:1"),
                LONG);
    assertThat(decision.answer().isAllowed()).isTrue();
    assertThat(asked).hasValue(3);
    assertThat(List.of(decision.images().get(0).image(), decision.images().get(2).image()))
        .containsExactly("signed.io/aa:1", "signed.io/cc:1");
  }
}
