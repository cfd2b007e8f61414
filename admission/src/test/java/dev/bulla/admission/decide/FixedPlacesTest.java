package dev.bulla.admission.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.ConfigurationException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates: what they can change is verified, and what the API server keeps as it is stays. */
class FixedPlacesTest {

  private static final String DIGEST = "sha256:" + "4f".repeat(32);
  private static final String OLD = "signed.io/unsigned:1";
  private static final String GOOD = "signed.io/good:1";
  private static final String PINNED = GOOD + "@" + DIGEST;
  private static final Duration LONG = Duration.ofMinutes(1);

  private static Decider decider() throws Exception {
    ImageVerifier verifier =
        (image, rule, deadline) -> {
          if (image.original().startsWith(GOOD)) {
            return Digest.parse(DIGEST);
          }
          throw new ConfigurationException("no signatures found");
        };
    String config =
        """
        validators:
        - name: mine
          type: cosign
          trustRoots: [{name: default, key: "k8s://a/b"}]
        policy:
        - {pattern: "signed.io/*", validator: mine}
        """;
    return new Decider(
        ConfigLoader.load(config, "config.yaml"), Features.NONE, verifier, InstantSource.system());
  }

  private static String container(String name, String image) {
    return "{'name':'" + name + "','image':'" + image + "'}";
  }

  private static String volume(String name, String image) {
    return "{'name':'" + name + "','image':{'reference':'" + image + "'}}";
  }

  private static String pod(String containers, String ephemeral, String volumes) {
    return "{'spec':{'containers':["
        + containers
        + "],'ephemeralContainers':["
        + ephemeral
        + "],'volumes':["
        + volumes
        + "]}}";
  }

  private static ReviewRequest review(
      String kind, String operation, String subResource, String object, String old)
      throws Exception {
    return ReviewRequest.parse(
        Bytes.utf8(
            ("{'request':{'uid':'u','operation':'"
                    + operation
                    + "','subResource':'"
                    + subResource
                    + "','kind':{'group':'"
                    + kind.substring(0, kind.indexOf('/'))
                    + "','kind':'"
                    + kind.substring(kind.indexOf('/') + 1)
                    + "'},'object':"
                    + object
                    + ",'oldObject':"
                    + old
                    + "}}")
                .replace('\'', '"')));
  }

  private static ReviewAnswer first(ReviewRequest request) throws Exception {
    return decider().decide(request, LONG).answer();
  }

  private static ReviewAnswer last(ReviewRequest request) throws Exception {
    return decider().validate(request, LONG).answer();
  }

  private static ReviewRequest debug(String containers, String ephemeral, String before)
      throws Exception {
    return review(
        "/Pod",
        "UPDATE",
        "ephemeralcontainers",
        pod(containers, ephemeral, volume("v", OLD)),
        pod(container("app", OLD), before, volume("v", OLD)));
  }

  @Test
  void aDebugContainerIsJudgedAloneWhateverThePodHad() throws Exception {
    String app = container("app", OLD);

    assertThat(last(debug(app, container("d", PINNED), "")).isAllowed()).isTrue();
    assertThat(first(debug(app, container("d", GOOD), "")).changes())
        .containsExactly(new ReviewAnswer.Change("/spec/ephemeralContainers/0/image", PINNED));
    assertThat(
            first(debug(app, container("c", OLD) + "," + container("d", GOOD), container("c", OLD)))
                .changes())
        .as("one from before, and a new one")
        .containsExactly(new ReviewAnswer.Change("/spec/ephemeralContainers/1/image", PINNED));
  }

  @Test
  void aDebugContainerThatIsNotSignedIsDenied() throws Exception {
    String app = container("app", OLD);

    assertThat(first(debug(app, container("d", OLD), "")).isAllowed())
        .as("also with an image that the pod has elsewhere")
        .isFalse();
    assertThat(last(debug(app, container("d", "signed.io/other:1"), "")).isAllowed()).isFalse();
    assertThat(last(debug(app, container("d", GOOD), "")).isAllowed()).as("no digest").isFalse();
    assertThat(
            last(debug(app, container("d", OLD) + "," + container("c", OLD), container("c", OLD)))
                .isAllowed())
        .as("in the place of an older one")
        .isFalse();
  }

  @Test
  void whatADebugRequestShouldNotChangeIsJudgedWhenItDoes() throws Exception {
    assertThat(
            first(debug(container("app", "signed.io/other:1"), container("d", PINNED), ""))
                .isAllowed())
        .isFalse();
    assertThat(first(debug(container("other", OLD), container("d", PINNED), "")).isAllowed())
        .isFalse();
  }

  @Test
  void aPodKeepsItsDebugContainersAndVolumesThroughOtherUpdates() throws Exception {
    String good = container("app", PINNED);
    String old = pod(good, container("d", OLD), volume("v", OLD));

    assertThat(first(review("/Pod", "UPDATE", "", old, old))).isEqualTo(ReviewAnswer.allowed());
    assertThat(last(review("/Pod", "UPDATE", "", old, old)).isAllowed()).isTrue();
    for (String changed :
        List.of(
            pod(container("app", OLD), container("d", OLD), volume("v", OLD)),
            pod(good, container("d", "signed.io/other:1"), volume("v", OLD)),
            pod(good, container("d", OLD), volume("v", "signed.io/other:1")),
            pod(good, container("d", OLD), volume("v", OLD) + "," + volume("w", OLD)))) {
      assertThat(first(review("/Pod", "UPDATE", "", changed, old)).isAllowed())
          .as(changed)
          .isFalse();
    }
  }

  @Test
  void theContainersOfAPodAreJudgedAtItsUpdates() throws Exception {
    String old = pod(container("app", OLD), "", "");
    assertThat(first(review("/Pod", "UPDATE", "", old, old)).isAllowed()).isFalse();
  }

  @Test
  void aJobKeepsItsTemplate() throws Exception {
    String old = "{'spec':{'template':" + pod(container("app", OLD), "", "") + "}}";
    String tagged = "{'spec':{'template':" + pod(container("app", GOOD), "", "") + "}}";

    assertThat(last(review("batch/Job", "UPDATE", "", old, old)).isAllowed()).isTrue();
    assertThat(first(review("batch/Job", "UPDATE", "", tagged, tagged)))
        .as("pinning it would have the update refused")
        .isEqualTo(ReviewAnswer.allowed());
    assertThat(first(review("batch/Job", "UPDATE", "", old, tagged)).isAllowed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"})
  void otherTemplatesCanChangeAndAreJudged(String kind) throws Exception {
    String old = "{'spec':{'template':" + pod(container("app", OLD), "", "") + "}}";
    assertThat(first(review("apps/" + kind, "UPDATE", "", old, old)).isAllowed()).isFalse();
    assertThat(first(review("apps/" + kind, "UPDATE", "status", old, old)).isAllowed()).isTrue();
  }

  @Test
  void nothingIsFixedWithoutAnOldObjectOrInAPlaceThatNobodyKnows() throws Exception {
    String pod = pod(container("app", OLD), "", "");
    assertThat(first(review("/Pod", "CREATE", "ephemeralcontainers", pod, pod)).isAllowed())
        .isFalse();
    assertThat(first(review("/Pod", "UPDATE", "ephemeralcontainers", pod, "null")).isAllowed())
        .isFalse();
    assertThat(first(review("/Pod", "UPDATE", "somethingnew", pod, pod)).isAllowed()).isFalse();
    assertThat(first(review("/Pod", "UPDATE", "resize", pod, pod)).isAllowed()).isTrue();
  }
}
