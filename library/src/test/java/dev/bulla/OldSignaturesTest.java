package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.limits.LimitedInput;
import dev.bulla.limits.Limits;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures as cosign v0.1 wrote them, and those before it. */
class OldSignaturesTest {

  private static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String THEN = "dev.cosignproject.cosign/signature";
  private static final String PRINTED = "dev.sigstore.cosign/signature";

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** A payload as it was, but about our image. */
  private static Bytes payload(String vector, Digest image)
      throws IOException, MalformedInputException {
    try (InputStream in =
        OldSignaturesTest.class.getResourceAsStream("/vectors/seed-exact/" + vector)) {
      if (in == null) {
        throw new AssertionError("no vector " + vector);
      }
      String text = LimitedInput.readAll(in, Limits.MAX_PAYLOAD, vector).toUtf8String(vector);
      String then = "97fc222cee7991b5b061d4d4afdb5f3428fcb0c9054e1690313786befa1e4e36";
      assertThat(text).contains(then);
      return Bytes.utf8(text.replace(then, image.hex()));
    }
  }

  /** With an Ed25519 key, which is what v0.1 had. */
  private void signAsThen(String tag, String vector, String annotation) throws Exception {
    Bytes payload = payload(vector, Bench.IMAGE.digest());
    bench.putSignatureObject(
        tag, DOCKER, payload, Map.of(annotation, Base64Text.encode(Bench.BOB.sign(payload))));
  }

  @ParameterizedTest
  @CsvSource({
    ".cosign, v0.1-payload-prefixed-digest.json, dev.cosignproject.cosign/signature",
    ".cosign, v0.1-payload-unprefixed-digest.json, dev.cosignproject.cosign/signature",
    ".cosign, v0.1-payload-prefixed-digest.json, dev.sigstore.cosign/signature",
    "'', v0.1-payload-prefixed-digest.json, dev.cosignproject.cosign/signature",
    "'', v0.1-payload-unprefixed-digest.json, dev.sigstore.cosign/signature",
    ".sig, v0.1-payload-prefixed-digest.json, dev.cosignproject.cosign/signature",
  })
  void areFoundUnderEveryTagThatTheyHad(String suffix, String vector, String annotation)
      throws Exception {
    signAsThen(Bench.tagName(suffix), vector, annotation);

    Verified<VerifiedImage> verified = bench.verify(Bench.BOB);

    assertThat(verified.value().signatures())
        .singleElement()
        .isInstanceOf(VerifiedSignature.Legacy.class);
    assertThat(verified.value().signatures().get(0).origin().place())
        .endsWith(Bench.tagName(suffix));
    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED));
  }

  @Test
  void theirAnnotationsCount() throws Exception {
    signAsThen(Bench.tagName(".cosign"), "v0.1-payload-unprefixed-digest.json", THEN);

    assertThat(
            bench
                .bulla
                .verify(
                    bench.image, Bench.policy(Bench.BOB).withAnnotations(Map.of("sig", "original")))
                .value()
                .signatures())
        .hasSize(1);
    assertThatThrownBy(() ->
            bench.bulla.verify(
                bench.image, Bench.policy(Bench.BOB).withAnnotations(Map.of("sig", "counter"))))
        .isInstanceOf(VerificationException.class);
  }

  @Test
  void v01sTagIsAskedForOnlyInTheSecondLook() throws Exception {
    signAsThen(Bench.tagName(".cosign"), "v0.1-payload-prefixed-digest.json", THEN);
    bench.verify(Bench.BOB);
    assertThat(bench.registry.log().requests("GET", ".*[.]cosign")).hasSize(1);
    assertThat(bench.registry.log().requests().subList(0, 3))
        .noneMatch(first -> first.path().endsWith(".cosign"));

    bench.sign(Bench.legacy(Bench.BOB));
    bench.registry.log().clear();
    bench.verify(Bench.BOB);
    assertThat(bench.registry.log().requests("GET", ".*[.]cosign")).isEmpty();
  }

  @Test
  void newAndOldEvidenceIsJudgedTogether() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    signAsThen(Bench.tagName(".cosign"), "v0.1-payload-prefixed-digest.json", THEN);

    Verified<VerifiedImage> verified = bench.verify(Bench.BOB);

    assertThat(verified.value().signatures()).hasSize(1);
    assertThat(verified.value().refusals()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 503})
  void v01sTagThatCannotBeReadLeavesTheQuestionOpen(int status) {
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*[.]cosign"))
        .does(Effects.header("Retry-After", "3600"), Effects.status(status));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED));
  }

  @Test
  void aCopyOfTheImageUnderItsBareTagIsNoSignature() throws Exception {
    bench.app.tag(Bench.tagName(""), Bench.IMAGE.digest());

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }

  @Test
  void aCopyOfAnIndexUnderItsBareTagIsNoListOfSignatures() throws Exception {
    SampleImage index = SampleImage.twoPlatforms("copied");
    index.pushTo(bench.app, Bench.tagName(index.digest(), ""));

    assertThatThrownBy(() ->
            bench.bulla.verify(
                bench.repository("app").at(index.digest()), Bench.policy(Bench.ALICE)))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }

  @Test
  void aCopyUnderTheBareTagDoesNotHideOtherSignatures() throws Exception {
    bench.app.tag(Bench.tagName(""), Bench.IMAGE.digest());
    bench.sign(Bench.request(Bench.ALICE, SignRequest.Format.LEGACY));

    assertThat(bench.verify(Bench.ALICE).value().refusals()).isEmpty();
  }

  @Test
  void signingABundleDoesNotReplaceWhatIsUnderTheBareTag() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    signAsThen(Bench.tagName(""), "v0.1-payload-prefixed-digest.json", PRINTED);
    Digest before = bench.app.manifest(Bench.tagName("")).orElseThrow().digest();

    assertThatThrownBy(() -> bench.sign(Bench.bundle(Bench.BOB)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("was not written over");

    assertThat(bench.app.manifest(Bench.tagName("")).orElseThrow().digest()).isEqualTo(before);
  }

  /**
   * The first README's counter-signature: a signature object is tagged and signed like an image.
   */
  @Test
  void aSignatureObjectCanBeSignedItself() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("sig", "original")));
    Digest object = bench.app.manifest(Bench.tagName(".sig")).orElseThrow().digest();
    bench.app.tag("mysignature", object);

    Bench.sign(
        bench.bulla,
        bench.reference("app:mysignature"),
        Bench.legacy(Bench.BOB).withAnnotations(Map.of("sig", "counter")),
        false);

    Verified<VerifiedImage> counter =
        bench.bulla.verify(
            bench.reference("app:mysignature"),
            Bench.policy(Bench.BOB).withAnnotations(Map.of("sig", "counter")));
    assertThat(counter.value().image().digest()).isEqualTo(object);
    assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(1);
    assertThatThrownBy(() -> bench.verify(Bench.BOB)).isInstanceOf(VerificationException.class);

    // another signature makes the object another one: the counter-signature is of the old
    bench.sign(Bench.legacy(Bench.BOB));
    assertThatThrownBy(() ->
            bench.bulla.verify(
                bench.reference("app:" + Bench.tagName(".sig")), Bench.policy(Bench.BOB)))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }
}
