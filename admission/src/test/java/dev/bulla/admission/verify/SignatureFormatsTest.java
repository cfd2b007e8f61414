package dev.bulla.admission.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.SignRequest.Format;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code signatureFormat}: signatures of which format count, with real ones of both. */
class SignatureFormatsTest {

  private static final String NO_BUNDLE =
      "a Sigstore bundle does not count here, only signatures in the older format do";
  private static final String NO_LEGACY =
      "a signature in the older format does not count here, only Sigstore bundles do";

  private Stage stage;

  @BeforeEach
  void start() throws Exception {
    stage = new Stage();
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private String config(String format, String with) {
    return Stage.config(
        "  signatureFormat: " + format + "\n",
        "{verifyInTransparencyLog: false, " + with + "}",
        "A",
        "B",
        "C");
  }

  private void admits(String format, String with) throws Exception {
    assertThat(stage.verify(config(format, with), stage.image("v1")))
        .isEqualTo(Stage.IMAGE.digest());
  }

  private void denies(String format, String with, Outcome outcome, String message) {
    assertThatThrownBy(() -> stage.verify(config(format, with), stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(outcome))
        .hasMessage(message);
  }

  @Test
  void anImageThatIsSignedInTheOlderFormatOnly() throws Exception {
    stage.sign("v1", "A", Format.LEGACY);
    admits("auto", "trustRoot: A");
    admits("legacy", "trustRoot: A");
    denies(
        "bundle",
        "trustRoot: A",
        Outcome.REFUSED,
        "error validating image: [no matching signatures: " + NO_LEGACY + "]");
  }

  @Test
  void anImageThatIsSignedWithABundleOnly() throws Exception {
    stage.sign("v1", "A", Format.BUNDLE);
    admits("auto", "trustRoot: A");
    admits("bundle", "trustRoot: A");
    denies(
        "legacy",
        "trustRoot: A",
        Outcome.REFUSED,
        "error validating image: [no matching signatures: " + NO_BUNDLE + "]");
  }

  @ParameterizedTest
  @CsvSource({"auto", "legacy", "bundle", "'\"bundle\"'"})
  void anImageThatIsSignedInBoth(String format) throws Exception {
    denies(
        format,
        "trustRoot: A",
        Outcome.NO_SIGNATURE,
        "error validating image: [no signatures found]");
    stage.sign("v1", "A", Format.LEGACY);
    stage.sign("v1", "A", Format.BUNDLE);
    admits(format, "trustRoot: A");
  }

  @Test
  void theFormatHoldsForEveryTrustRoot() throws Exception {
    String two = "trustRoot: '*', threshold: 2";
    stage.sign("v1", "A", Format.LEGACY);
    stage.sign("v1", "B", Format.BUNDLE);
    admits("auto", two);
    denies(
        "legacy",
        two,
        Outcome.REFUSED,
        "validation threshold not reached (1/2); B: no matching signatures: "
            + mismatch()
            + NO_BUNDLE
            + "; C: no matching signatures: "
            + mismatch()
            + NO_BUNDLE);
    denies(
        "bundle",
        "trustRoot: '*', required: [A]",
        Outcome.REFUSED,
        "missing required signatures from [A]; A: no matching signatures: "
            + "failed to verify signature: could not verify envelope: accepted signatures do not"
            + " match threshold, Found: 0, Expected 1; "
            + NO_LEGACY);

    stage.sign("v1", "B", Format.LEGACY);
    admits("legacy", two);
    admits("legacy", "trustRoot: '*', threshold: 1, required: [A, B]");
    assertThatThrownBy(() -> stage.verify(config("bundle", two), stage.image("v1")))
        .hasMessageStartingWith("validation threshold not reached (1/2); A: ");
    stage.sign("v1", "C", Format.BUNDLE);
    admits("bundle", two);
    admits("auto", "trustRoot: '*'");
  }

  private static String mismatch() {
    return "invalid signature when validating ASN.1 encoded signature; ";
  }

  /** Anybody who may push beside the image could otherwise keep it from being admitted. */
  @Test
  void signaturesThatDoNotCountAreNoHindrance() throws Exception {
    stage.sign("v1", "A", Format.LEGACY);
    stage.sign("v1", "X", Format.BUNDLE);
    admits("legacy", "trustRoot: A");
    stage.sign("other", "A", Format.BUNDLE);
    assertThatThrownBy(() -> stage.verify(config("legacy", "trustRoot: A"), stage.image("other")))
        .hasMessageContaining(NO_BUNDLE);
  }

  /** As cosign 2 wrote them with its OCI 1.1 mode, and as v0.1 did. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void theOlderFormatCountsWhereverItIsKept(boolean asReferrer) throws Exception {
    stage.sign("v1", "A", Format.LEGACY);
    String tag = Stage.signatures(Stage.IMAGE);
    Manifest kept = Manifest.parse(stage.app.manifest(tag).orElseThrow().content());
    stage.app.deleteManifest(stage.app.manifest(tag).orElseThrow().digest());
    denies(
        "legacy",
        "trustRoot: A",
        Outcome.NO_SIGNATURE,
        "error validating image: [no signatures found]");
    String type = "application/vnd.oci.image.manifest.v1+json";
    if (asReferrer) {
      Manifest referrer =
          new Manifest(
              kept.mediaType(),
              kept.config(),
              kept.layers(),
              kept.annotations(),
              Optional.of(
                  new Descriptor(
                      Stage.IMAGE.mediaType(),
                      Stage.IMAGE.manifest().size(),
                      Stage.IMAGE.digest())),
              Optional.of("application/vnd.dev.cosign.artifact.sig.v1+json"));
      stage.app.putManifest(type, referrer.toJson());
    } else {
      stage.app.putManifest(type, kept.toJson(), tag.replace(".sig", ".cosign"));
    }
    admits("legacy", "trustRoot: A");
    admits("auto", "trustRoot: A");
    denies(
        "bundle",
        "trustRoot: A",
        Outcome.REFUSED,
        "error validating image: [no matching signatures: " + NO_LEGACY + "]");
  }

  /** A place of the other format that does not answer may as well hold what counts. */
  @Test
  void whatCouldNotBeLookedAtStaysUndecided() throws Exception {
    stage.sign("v1", "A", Format.LEGACY);
    stage.registry.faults().on(RequestMatch.any().path(".*[.]sig$")).does(Effects.status(403));
    assertThatThrownBy(() -> stage.verify(config("bundle", "trustRoot: A"), stage.image("v1")))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED));
    stage.sign("v1", "A", Format.BUNDLE);
    admits("bundle", "trustRoot: A");
  }

  @Test
  void anImageThatIsNotThereIsNotCalledUnsigned() {
    for (String format : new String[] {"legacy", "bundle"}) {
      assertThatThrownBy(() -> stage.verify(config(format, "trustRoot: A"), stage.image("gone")))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("does not exist");
    }
  }
}
