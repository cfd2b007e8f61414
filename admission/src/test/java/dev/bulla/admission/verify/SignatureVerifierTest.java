package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.SignRequest;
import dev.bulla.admission.ConnaisseurRow;
import dev.bulla.admission.config.AdmissionConfig;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.testkit.kms.KubernetesServer;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {

  private static final String PAYLOAD =
      "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":"
          + "{\"docker-manifest-digest\":\"DIGEST\"},\"type\":\"TYPE\"},\"optional\":OPTIONAL}";

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private static String payload(Object digest, String type, String optional) {
    return PAYLOAD
        .replace("DIGEST", digest.toString())
        .replace("TYPE", type)
        .replace("OPTIONAL", optional);
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  @ConnaisseurRow("V1")
  void signaturesOfEitherFormatCount(SignRequest.Format format) throws Exception {
    stage.sign("v1", "A", format);
    assertThat(stage.verify(stage.config("trustRoot: A"), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
    assertThatThrownBy(() -> stage.verify(stage.config("trustRoot: B"), stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED))
        .hasMessageStartingWith("error validating image: [no matching signatures: ");
  }

  @Test
  void oneTrustRootMaySignInOneFormatAndAnotherInTheOther() throws Exception {
    stage.sign("v1", "A", SignRequest.Format.LEGACY);
    stage.sign("v1", "B", SignRequest.Format.BUNDLE);
    assertThat(stage.verify(stage.config("trustRoot: '*', threshold: 2"), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void threeTrustRootsTakeOneSearch() throws Exception {
    for (String signer : new String[] {"A", "B", "C"}) {
      stage.sign(signer);
    }
    stage.registry.log().clear();
    stage.verify(stage.config("trustRoot: A"), stage.image("v1"));
    long one = stage.registry.log().count();
    stage.registry.log().clear();
    stage.verify(stage.config("trustRoot: '*'"), stage.image("v1"));
    assertThat(stage.registry.log().count()).isEqualTo(one);
  }

  @Test
  void aDigestIsNotAskedForAndStaysWhatItIs() throws Exception {
    stage.sign("A");
    assertThat(
            stage.verify(
                stage.config("trustRoot: A"), stage.image("other@" + Stage.IMAGE.digest())))
        .isEqualTo(Stage.IMAGE.digest());
    assertThatThrownBy(() ->
            stage.verify(stage.config("trustRoot: A"), stage.image("v1@" + Stage.OTHER.digest())))
        .hasMessage("error validating image: [no signatures found]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mutate", "insecureValidateOnly"})
  void aSignatureThatWasCopiedFromAnotherImageIsNone(String mode) throws Exception {
    stage.putSignature(
        "A", payload(Stage.OTHER.digest(), "cosign container image signature", "null"));
    assertThatThrownBy(
            () -> stage.verify(stage.config("trustRoot: A, mode: " + mode), stage.image("v1")))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("no matching signatures: invalid or missing digest in claim");
    assertThatThrownBy(() ->
            stage.verify(
                stage.config("trustRoot: A, mode: " + mode),
                stage.image("v1@" + Stage.IMAGE.digest())))
        .isInstanceOf(VerificationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mutate", "insecureValidateOnly"})
  void aPayloadOfAnotherTypeIsNoSignature(String mode) throws Exception {
    String config = stage.config("trustRoot: A, mode: " + mode);
    stage.putSignature("A", payload(Stage.IMAGE.digest(), "atomic container signature", "null"));
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .hasMessageContaining("the payload is of type \"atomic container signature\"");
    for (String type :
        new String[] {"cosign container image signature", "cosign container signature"}) {
      stage.putSignature(
          "A", payload(Stage.IMAGE.digest(), type, "{\"timestamp\":1700000000,\"n\":[1]}"));
      assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
    }
  }

  @Test
  @ConnaisseurRow("V13")
  void withoutALogEntryNothingCountsWhereOneIsAskedFor() throws Exception {
    stage.sign("A");
    String config = Stage.config("", "{trustRoot: A}", "A");
    assertThatThrownBy(() -> Stage.verify(config, stage.image("v1"), stage.options()))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED))
        .hasMessageContaining("no matching signatures: signature not found in transparency log");
  }

  @Test
  @ConnaisseurRow("V4")
  void aTagThatNamesNothingIsNotCalledUnsigned() throws Exception {
    assertThatThrownBy(() -> stage.verify(stage.config("trustRoot: A"), stage.image("gone")))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.NOT_FOUND))
        .hasMessageStartingWith(
            "image " + stage.registry.host() + "/app:gone does not exist: image tag not found: ");
  }

  @Test
  void whatCannotBeLookedAtIsUndecidedAndNeverUnsigned() throws Exception {
    stage.registry.faults().on(RequestMatch.any().path(".*[.]sig$")).does(Effects.status(403));
    for (String with :
        new String[] {"trustRoot: A", "trustRoot: '*'", "trustRoot: '*', threshold: 1"}) {
      assertThatThrownBy(() -> stage.verify(stage.config(with), stage.image("v1")))
          .isInstanceOfSatisfying(
              VerificationException.class,
              e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED))
          .hasMessageContaining("could not decide");
    }
    stage.sign("v1", "A", SignRequest.Format.BUNDLE);
    assertThat(stage.verify(stage.config("trustRoot: A"), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void whatCannotBeReadIsMalformedUnlessEnoughIsThere() throws Exception {
    stage.sign("A");
    stage.app.putManifest(
        "application/vnd.oci.image.index.v1+json",
        Bytes.utf8("{\"schemaVersion\":2,\"manifests\":7}"),
        "sha256-" + Stage.IMAGE.digest().hex());
    stage.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    assertThat(stage.verify(stage.config("trustRoot: A"), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
    assertThatThrownBy(() -> stage.verify(stage.config("trustRoot: B"), stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.MALFORMED));
  }

  @Test
  void afterTheDeadlineNobodyIsAsked() throws Exception {
    stage.sign("A");
    AdmissionConfig config = Stage.load(stage.config("trustRoot: A"));
    try (SignatureVerifier verifier = SignatureVerifier.of(config, stage.options())) {
      stage.registry.log().clear();
      assertThatThrownBy(() ->
              verifier.verify(
                  stage.image("v1"), config.rules().get(0), Instant.now().minusSeconds(1)))
          .isInstanceOfSatisfying(
              RegistryException.class,
              e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.TIMEOUT));
      assertThat(stage.registry.log().count()).isZero();
    }
  }

  @Test
  void aTagIsResolvedToWhatItNamesNow() throws Exception {
    AdmissionConfig config = Stage.load(stage.config("trustRoot: A"));
    try (SignatureVerifier verifier = SignatureVerifier.of(config, stage.options())) {
      assertThat(verifier.resolve(stage.image("v1"), config.rules().get(0), Stage.soon()))
          .isEqualTo(Stage.IMAGE.digest());
      assertThat(
              verifier.resolve(
                  stage.image("v1@" + Stage.OTHER.digest()), config.rules().get(0), Stage.soon()))
          .isEqualTo(Stage.OTHER.digest());
      assertThatThrownBy(
              () -> verifier.resolve(stage.image("no"), config.rules().get(0), Stage.soon()))
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void thisMachineIsNoRegistryUnlessSomebodySaidSo() throws Exception {
    stage.sign("A");
    VerifierOptions strict = VerifierOptions.in(Map.of());
    assertThatThrownBy(() -> Stage.verify(stage.config("trustRoot: A"), stage.image("v1"), strict))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("is not asked: it is this machine");
    assertThat(
            Stage.verify(
                stage.config("trustRoot: A"),
                stage.image("v1"),
                strict.withInnerRegistries(Set.of(stage.registry.host()))))
        .isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void aKeyMayLieInAFileOrAVariable(@TempDir Path folder) throws Exception {
    stage.sign("A");
    Path file = folder.resolve("cosign.pub");
    Files.writeString(file, Stage.pem("A"));
    String config = Stage.config("", "{verifyInTransparencyLog: false, trustRoot: A}", "A");
    String inline = config.substring(config.indexOf("key: |"), config.indexOf("policy:"));
    assertThat(stage.verify(config.replace(inline, "key: " + file + "\n"), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
    assertThat(
            Stage.verify(
                config.replace(inline, "key: env://KEY\n"),
                stage.image("v1"),
                VerifierOptions.in(Map.of("KEY", Stage.pem("A")))
                    .withHttpRegistries(Set.of(stage.registry.host()))))
        .isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  @ConnaisseurRow("V12")
  void aKeyMayLieInASecretOfTheClusterWhichIsAskedOnce(@TempDir Path folder) throws Exception {
    stage.sign("A");
    try (KubernetesServer cluster = KubernetesServer.start("Bearer t0ken", "v1.32.0")) {
      cluster.put("signing", "release", "cosign.pub", Bytes.utf8(Stage.pem("A")));
      Path kubeconfig = folder.resolve("config");
      Files.writeString(kubeconfig, cluster.kubeconfig("token: t0ken"));
      String config = Stage.config("", "{verifyInTransparencyLog: false, trustRoot: A}", "A");
      String inline = config.substring(config.indexOf("key: |"), config.indexOf("policy:"));
      AdmissionConfig loaded = Stage.load(config.replace(inline, "key: k8s://signing/release\n"));
      VerifierOptions options =
          VerifierOptions.in(Map.of("KUBECONFIG", kubeconfig.toString()))
              .withHttpRegistries(Set.of(stage.registry.host()));
      try (SignatureVerifier verifier = SignatureVerifier.of(loaded, options)) {
        for (int i = 0; i < 3; i++) {
          assertThat(verifier.verify(stage.image("v1"), loaded.rules().get(0), Stage.soon()))
              .isEqualTo(Stage.IMAGE.digest());
        }
        assertThat(verifier.isReady()).isTrue();
        assertThat(cluster.requests()).isOne();
      }
      String unused = "key: k8s://signing/release\n  - {name: Z, key: 'k8s://signing/lost'}\n";
      AdmissionConfig more = Stage.load(config.replace(inline, unused));
      try (SignatureVerifier verifier = SignatureVerifier.of(more, options)) {
        verifier.verify(stage.image("v1"), more.rules().get(0), Stage.soon());
        assertThat(verifier.isReady()).as("without a key that no rule asks for").isTrue();
      }
    }
  }

  @Test
  void aKeyThatCannotBeHadLeavesTheQuestionOpenAndOthersStillCount() throws Exception {
    String config =
        Stage.config("", "{verifyInTransparencyLog: false, trustRoot: '*', threshold: 1}", "A")
            .replace("trustRoots:\n", "trustRoots:\n  - {name: lost, key: env://NOT_SET}\n");
    assertThatThrownBy(() -> stage.verify(config, stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED))
        .hasMessageContaining("lost: the key of trust root lost: ");
    stage.sign("A");
    assertThat(stage.verify(config, stage.image("v1"))).isEqualTo(Stage.IMAGE.digest());
  }

  @Test
  void aSchemeThatNobodyKnowsIsRefusedBeforeAnythingIsAsked() throws Exception {
    String config =
        Stage.config("", "{verifyInTransparencyLog: false, trustRoot: lost}", "A")
            .replace("trustRoots:\n", "trustRoots:\n  - {name: lost, key: 'myplugin://key'}\n");
    assertThatThrownBy(() -> SignatureVerifier.of(Stage.load(config), stage.options()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "config.yaml:5: trust root lost: nobody knows keys that begin with myplugin://");
  }

  @Test
  void aReferenceThatIsNoneIsRefusedAtOnce() throws Exception {
    String config =
        Stage.config("", "{verifyInTransparencyLog: false, trustRoot: lost}", "A")
            .replace("trustRoots:\n", "trustRoots:\n  - {name: lost, key: 'https://'}\n");
    assertThatThrownBy(() -> SignatureVerifier.of(Stage.load(config), stage.options()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("config.yaml:5: trust root lost: loading URL: not an address");
  }
}
