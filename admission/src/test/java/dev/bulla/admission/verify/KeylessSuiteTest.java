package dev.bulla.admission.verify;

import static dev.bulla.admission.verify.ConnaisseurSuitesTest.CREATED;
import static dev.bulla.admission.verify.ConnaisseurSuitesTest.assertAnswered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.SignRequest;
import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.admission.decide.Decision;
import dev.bulla.key.KeyType;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.sigstore.VirtualIdentity;
import dev.bulla.testkit.sigstore.VirtualKey;
import dev.bulla.testkit.sigstore.VirtualSigner;
import dev.bulla.testkit.sigstore.VirtualSigstore;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Connaisseur's suite "cosign" has about transparency logs and identities, by its numbers. */
class KeylessSuiteTest {

  private static final VirtualSigstore SIGSTORE = VirtualSigstore.live();
  private static final VirtualKey KEY = VirtualKey.create(KeyType.EC_P256);
  private static final String GITHUB = "https://github.com/login/oauth";

  private static final Map<String, VirtualSigner> SIGNERS =
      Map.of(
          "unlogged",
          SIGSTORE.signer(KEY),
          "logged",
          SIGSTORE.signer(KEY).loggedIn(SIGSTORE.rekor1()),
          "first",
          SIGSTORE
              .signer(VirtualIdentity.email("first@team.example", GITHUB))
              .loggedIn(SIGSTORE.rekor1()),
          "second",
          SIGSTORE
              .signer(VirtualIdentity.email("second@team.example", GITHUB))
              .loggedIn(SIGSTORE.rekor1()));

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private AdmissionConfig config() throws Exception {
    return Stage.load(
        """
        validators:
        - name: deny
          type: static
        - name: rekor-cosign
          type: cosign
        @HOST@  trustRoots:
          - name: default
            key: |
        @KEY@
          - name: older
            key: |
        @OLDER@
        - name: keyless
          type: cosign
        @HOST@  trustRoots:
          - {name: first, keyless: {issuerRegex: github, subject: first@team.example}}
          - {name: second, keyless: {issuerRegex: github, subject: second@team.example}}
        policy:
        - {pattern: "*:*", validator: deny}
        - {pattern: "@REGISTRY@/app:rekor-*", validator: rekor-cosign}
        - {pattern: "@REGISTRY@/app:rekor-cosigned-notl", validator: rekor-cosign, with: {trustRoot: older}}
        - {pattern: "@REGISTRY@/app:keyless-*", validator: keyless, with: {trustRoot: "*", threshold: 1}}
        - {pattern: "@REGISTRY@/app:keyless-multi-*", validator: keyless, with: {trustRoot: "*", threshold: 2}}
        - {pattern: "@REGISTRY@/app:keyless-cosigned-diff", validator: keyless, with: {trustRoot: second}}
        """
            .replace("@HOST@", KeylessTest.hosts(SIGSTORE))
            .replace("@KEY@", KEY.publicPem().strip().indent(6).stripTrailing())
            .replace("@OLDER@", Stage.pem("A").strip().indent(6).stripTrailing())
            .replace("@REGISTRY@", stage.registry.host()));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          C12 | rekor-cosigned-notl     | A            | no matching signatures: signature not found in transparency log
          C12 | rekor-bundled-notl      | unlogged     | no matching signatures: signature not found in transparency log
          C13 | rekor-cosigned-tl       | logged       | created
          C14 | keyless-cosigned-first  | first        | created
          C15 | keyless-cosigned-second | second       | created
          C16 | keyless-multi-cosigned  | first second | created
          C17 | keyless-cosigned-diff   | first        | none of the expected identities matched
          """)
  @ConnaisseurRow({"C12", "C13", "C14", "C15", "C16", "C17"})
  void logsAndIdentitiesDecideAboutATag(String row, String tag, String signers, String expected)
      throws Exception {
    SampleImage image = SampleImage.image(tag);
    image.pushTo(stage.app, tag);
    for (String signer : signers.split(" ")) {
      if (signer.equals("A")) {
        stage.sign(tag, signer, SignRequest.Format.LEGACY);
      } else {
        stage.putBundle(image, SIGNERS.get(signer).image(image.digest().hex()).bytes());
      }
    }
    String named = stage.registry.host() + "/app:" + tag;

    Decision decision = stage.decide(config(), named);

    assertAnswered(decision, expected);
    if (expected.equals(CREATED)) {
      assertThat(decision.answer().changes())
          .singleElement()
          .satisfies(c -> assertThat(c.value()).isEqualTo(named + "@" + image.digest()));
    }
  }
}
