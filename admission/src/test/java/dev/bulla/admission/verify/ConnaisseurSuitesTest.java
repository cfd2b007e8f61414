package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.SignRequest;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.decide.Decider;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.decide.Features;
import dev.bulla.admission.review.ReviewRequest;
import dev.bulla.bytes.Bytes;
import dev.bulla.json.JsonParser;
import dev.bulla.testkit.registry.SampleImage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connaisseur's integration suites "regular", "cosign" and "pre-config", by their numbers: one
 * configuration, an image for each row, and the text that its user reads there. Rows about
 * transparency logs and identities (C12 to C17) are in {@link KeylessTest}, refused types of
 * validators (R3, R4, R7, R8, P1 to P4) in the tests of the configuration, kinds of workloads (W1
 * to W16) in interop.
 */
class ConnaisseurSuitesTest {

  private static final String CREATED = "created";

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private static String root(String name, String signer) {
    return "  - name: " + name + "\n    key: |\n" + Stage.pem(signer).indent(6);
  }

  private AdmissionConfig config() throws Exception {
    return Stage.load(
        """
        validators:
        - name: allow
          type: static
          approve: true
        - name: deny
          type: static
          approve: false
        - name: multi
          type: cosign
          trustRoots:
        MULTI- name: default
          type: cosign
          trustRoots:
        DEFAULTpolicy:
        - pattern: "*:*"
          with: {verifyInTransparencyLog: false}
        - pattern: "docker.io/library/node:*"
          validator: allow
        - pattern: "docker.io/library/redis:*"
          validator: deny
        - pattern: "docker.io/*/*:*"
          validator: deny
        - pattern: "HOST/app:rsa-*"
          with: {trustRoot: rsa, verifyInTransparencyLog: false}
        - pattern: "HOST/app:multi-cosigned-alice*"
          validator: multi
          with: {trustRoot: "*", verifyInTransparencyLog: false}
        - pattern: "HOST/app:multi-cosigned-bob*"
          validator: multi
          with: {trustRoot: "*", threshold: 2, verifyInTransparencyLog: false}
        - pattern: "HOST/app:multi-cosigned-charlie*"
          validator: multi
          with: {trustRoot: "*", required: [alice, charlie], verifyInTransparencyLog: false}
        """
            .replace("MULTI", root("alice", "A") + root("bob", "B") + root("charlie", "C"))
            .replace("DEFAULT", root("default", "A") + root("rsa", "R"))
            .replace("HOST", stage.registry.host()));
  }

  private Decision decide(String image) throws Exception {
    AdmissionConfig config = config();
    String pod = "{\"spec\":{\"containers\":[{\"image\":\"" + image + "\"}]}}";
    ReviewRequest request =
        new ReviewRequest(
            "admission.k8s.io/v1",
            "AdmissionReview",
            "u",
            new ReviewRequest.Kind("", "Pod"),
            "CREATE",
            "",
            "shop",
            ReviewRequest.User.NONE,
            Optional.of(JsonParser.parseObject(Bytes.utf8(pod), "pod")),
            Optional.empty(),
            false);
    try (SignatureVerifier verifier = SignatureVerifier.of(config, stage.options())) {
      return new Decider(
              config, new Features(false, false, false, false), verifier, InstantSource.system())
          .decide(request, Duration.ofSeconds(60));
    }
  }

  private static void assertAnswered(Decision decision, String expected) {
    if (expected.equals(CREATED)) {
      assertThat(decision.answer().denial()).isEmpty();
    } else {
      assertThat(decision.answer().denial().orElseThrow()).contains(expected);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          R1 | node                     | created
          R2 | redis                    | static deny
          P5 | non-official/non-sse:test | static deny
          """)
  void aStaticValidatorDecidesByName(String row, String image, String expected) throws Exception {
    assertAnswered(decide(image), expected);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          R5  | co-unsigned                    | ''    | error during cosign validation
          R6  | co-signed                      | A     | created
          C1  | co-unsigned                    | ''    | no signatures found
          C2  | co-signed                      | A     | created
          C3  | co-signed-alt                  | X     | no matching signatures
          C4  | rsa-co-signed                  | R     | created
          C6  | multi-cosigned-alice           | A     | validation threshold not reached (1/3)
          C7  | multi-cosigned-alice-bob-charlie | A B C | created
          C8  | multi-cosigned-bob             | B     | validation threshold not reached (1/2)
          C9  | multi-cosigned-bob-charlie     | B C   | created
          C10 | multi-cosigned-charlie         | C     | missing required signatures from [alice]
          C11 | multi-cosigned-charlie-alice   | A C   | created
          """)
  void signaturesDecideAboutATagAndWithItsDigest(
      String row, String tag, String signers, String expected) throws Exception {
    SampleImage image = SampleImage.image(tag);
    image.pushTo(stage.app, tag);
    for (String signer : signers.isEmpty() ? new String[0] : signers.split(" ")) {
      stage.sign(tag, signer, SignRequest.Format.LEGACY);
    }
    String named = stage.registry.host() + "/app:" + tag;
    String pinned = named + "@" + image.digest();

    Decision byTag = decide(named);
    assertAnswered(byTag, expected);
    if (expected.equals(CREATED)) {
      assertThat(byTag.answer().changes()).hasSize(1);
      assertThat(byTag.answer().changes().get(0).value()).isEqualTo(pinned);
    }
    // C5
    assertAnswered(decide(pinned), expected);
  }
}
