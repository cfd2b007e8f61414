package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.SignRequest;
import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.config.ConfigLoader;
import dev.bulla.admission.decide.Decision;
import dev.bulla.admission.review.ReviewAnswer;
import dev.bulla.error.ConfigurationException;
import dev.bulla.testkit.registry.SampleImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connaisseur's integration suites "regular", "cosign", "pre-config" and "workload", by their
 * numbers: one configuration, an image for each row, and the text that its user reads there. Rows
 * about transparency logs and identities (C12 to C17) are in {@link KeylessSuiteTest}.
 */
class ConnaisseurSuitesTest {

  static final String CREATED = "created";

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
        @MULTI@- name: default
          type: cosign
          trustRoots:
        @DEFAULT@policy:
        - pattern: "*:*"
          with: {verifyInTransparencyLog: false}
        - pattern: "docker.io/library/node:*"
          validator: allow
        - pattern: "docker.io/library/redis:*"
          validator: deny
        - pattern: "docker.io/*/*:*"
          validator: deny
        - pattern: "@HOST@/app:rsa-*"
          with: {trustRoot: rsa, verifyInTransparencyLog: false}
        - pattern: "@HOST@/app:multi-cosigned-alice*"
          validator: multi
          with: {trustRoot: "*", verifyInTransparencyLog: false}
        - pattern: "@HOST@/app:multi-cosigned-bob*"
          validator: multi
          with: {trustRoot: "*", threshold: 2, verifyInTransparencyLog: false}
        - pattern: "@HOST@/app:multi-cosigned-charlie*"
          validator: multi
          with: {trustRoot: "*", required: [alice, charlie], verifyInTransparencyLog: false}
        """
            .replace("@MULTI@", root("alice", "A") + root("bob", "B") + root("charlie", "C"))
            .replace("@DEFAULT@", root("default", "A") + root("rsa", "R"))
            .replace("@HOST@", stage.registry.host()));
  }

  private Decision decide(String image) throws Exception {
    return stage.decide(config(), image);
  }

  static void assertAnswered(Decision decision, String expected) {
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
  @ConnaisseurRow({"R1", "R2", "P5"})
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
  @ConnaisseurRow({"R5", "R6", "C1", "C2", "C3", "C4", "C6", "C7", "C8", "C9", "C10", "C11"})
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
    assertAnswered(decide(pinned), expected);
  }

  @Test
  @ConnaisseurRow("C5")
  void aTagAndADigestStayWhatTheyAre() throws Exception {
    stage.sign("A");
    Decision decision = decide(stage.registry.host() + "/app:v1@" + Stage.IMAGE.digest());
    assertAnswered(decision, CREATED);
    assertThat(decision.answer().changes()).isEmpty();
  }

  /** That the objects which controllers make of them are admitted is seen in interop. */
  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "W1, W9, batch/CronJob, spec/jobTemplate/spec/template/spec",
    "W2, W10, apps/DaemonSet, spec/template/spec",
    "W3, W11, apps/Deployment, spec/template/spec",
    "W4, W12, batch/Job, spec/template/spec",
    "W5, W13, /Pod, spec",
    "W6, W14, apps/ReplicaSet, spec/template/spec",
    "W7, W15, /ReplicationController, spec/template/spec",
    "W8, W16, apps/StatefulSet, spec/template/spec"
  })
  @ConnaisseurRow({
    "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10", "W11", "W12", "W13", "W14", "W15",
    "W16"
  })
  void workloadsOfEveryKindAreDeniedUnsignedAndPinnedSigned(
      String unsigned, String signed, String kind, String spec) throws Exception {
    stage.sign("A");
    String image = stage.registry.host() + "/app:";
    String before = "{\"" + spec.replace("/", "\":{\"") + "\":";
    String after = "}".repeat(spec.split("/", -1).length);

    assertAnswered(
        stage.decide(config(), kind, before + Stage.podSpec(image + "other") + after),
        "error during cosign validation of image "
            + image
            + "other: "
            + "error validating image: [no signatures found]");
    Decision admitted = stage.decide(config(), kind, before + Stage.podSpec(image + "v1") + after);
    assertAnswered(admitted, CREATED);
    assertThat(admitted.answer().changes())
        .containsExactly(
            new ReviewAnswer.Change(
                "/" + spec + "/containers/0/image", image + "v1@" + Stage.IMAGE.digest()));
  }

  /** The vendor's images are signed with the notary there, which is said before anything else. */
  @Test
  @ConnaisseurRow({"P1", "P2", "P3", "P4"})
  void theUsualValuesOfConnaisseurAreRefusedForTheirNotary() {
    String values =
        """
        application:
          validators:
          - name: allow
            type: static
            approve: true
          - name: deny
            type: static
            approve: false
          - name: vendor
            type: notaryv1
            trustRoots:
            - name: default
              key: |
        @KEY@
          policy:
          - pattern: "*:*"
            validator: deny
          - pattern: "docker.io/securesystemsengineering/*:*"
            validator: vendor
        """
            .replace("@KEY@", Stage.pem("A").strip().indent(8).stripTrailing());
    assertThatThrownBy(() -> ConfigLoader.load(values, "values.yaml"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "Config has 1 error:\nConfig error 1: values.yaml:10: validators of type notaryv1 are"
                + " not supported: bulla verifies Sigstore signatures only; use type cosign");
  }
}
