package dev.bulla.verify;

import static dev.bulla.verify.Verdicts.accepted;
import static dev.bulla.verify.Verdicts.accepts;
import static dev.bulla.verify.Verdicts.assertRefused;
import static dev.bulla.verify.Verdicts.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import dev.bulla.tlog.TestLog;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where one of the two formats counts, signatures of the other do not, however good they are. */
final class SignatureFormatTest {

  private static final Party ALICE = Party.withKey(KeyType.EC_P256);
  private static final Party MALLORY = Party.withKey(KeyType.EC_P256);
  private static final Image IMAGE = Image.of("the image");
  private static final Image OTHER = Image.of("another image");
  private static final Policy EITHER = Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog();
  private static final Policy LEGACY = EITHER.acceptingOnly(SignatureFormat.LEGACY);
  private static final Policy BUNDLE = EITHER.acceptingOnly(SignatureFormat.BUNDLE);

  private static final String NO_BUNDLE =
      "a Sigstore bundle does not count here, only signatures in the older format do";
  private static final String NO_LEGACY =
      "a signature in the older format does not count here, only Sigstore bundles do";

  @Test
  void signaturesOfTheOtherFormatDoNotCount() {
    LegacySignature legacy = Evidence.legacy(ALICE, IMAGE);
    for (BundleSignature bundle :
        List.of(Evidence.dsse(ALICE, IMAGE), Evidence.message(ALICE, IMAGE))) {
      assertRefused(IMAGE.with(bundle), LEGACY, Outcome.REFUSED, ReasonCode.OTHER_FORMAT);
      assertThat(accepts(IMAGE.with(bundle), BUNDLE)).isTrue();
      assertThat(accepts(IMAGE.with(bundle), EITHER)).isTrue();
    }
    assertRefused(IMAGE.with(legacy), BUNDLE, Outcome.REFUSED, ReasonCode.OTHER_FORMAT);
    assertThat(accepts(IMAGE.with(legacy), LEGACY)).isTrue();
    assertThat(accepts(IMAGE.with(legacy), EITHER)).isTrue();
  }

  /** The format is what a signature is, not where it lies. */
  @Test
  void thePlaceDoesNotMatter() {
    LegacySignature legacy = Evidence.legacy(ALICE, IMAGE);
    BundleSignature bundle = Evidence.dsse(ALICE, IMAGE);
    LegacySignature asReferrer =
        new LegacySignature(
            bundle.origin(), legacy.payload(), legacy.signatureText(), legacy.annotations());
    BundleSignature underTag = new BundleSignature(legacy.origin(), bundle.bundle(), bundle.raw());

    assertThat(accepted(IMAGE.with(underTag, asReferrer), LEGACY).signatures())
        .singleElement()
        .isInstanceOf(VerifiedSignature.Legacy.class);
    assertThat(accepted(IMAGE.with(underTag, asReferrer), BUNDLE).signatures())
        .singleElement()
        .isInstanceOf(VerifiedSignature.Attested.class);
  }

  @Test
  void eachOfSeveralIsJudgedForItself() {
    SignedImage both =
        IMAGE.with(
            Evidence.dsse(ALICE, IMAGE),
            Evidence.legacy(MALLORY, IMAGE),
            Evidence.legacy(ALICE, IMAGE),
            Evidence.message(ALICE, IMAGE));

    VerifiedImage older = accepted(both, LEGACY);
    assertThat(older.signatures()).singleElement().isInstanceOf(VerifiedSignature.Legacy.class);
    assertThat(older.refusals())
        .extracting("reason")
        .containsExactly(
            ReasonCode.OTHER_FORMAT, ReasonCode.SIGNATURE_MISMATCH, ReasonCode.OTHER_FORMAT);
    assertThat(older.refusals().get(0).detail()).isEqualTo(NO_BUNDLE);
    VerifiedImage bundles = accepted(both, BUNDLE);
    assertThat(bundles.signatures())
        .hasSize(2)
        .noneMatch(VerifiedSignature.Legacy.class::isInstance);
    assertThat(bundles.refusals())
        .extracting("reason")
        .containsExactly(ReasonCode.OTHER_FORMAT, ReasonCode.OTHER_FORMAT);
    assertThat(bundles.refusals().get(0).detail()).isEqualTo(NO_LEGACY);
    assertThat(accepted(both, EITHER).signatures()).hasSize(3);
  }

  /** What is wrong with it besides would be news about a signature that nobody asked for. */
  @Test
  void nothingElseIsLookedAtInThem() {
    assertRefused(
        IMAGE.with(
            Evidence.legacy(MALLORY, IMAGE),
            Evidence.legacy(ALICE, OTHER),
            Evidence.legacy(ALICE, Bytes.utf8("no payload")),
            Evidence.legacyText(Evidence.payload(IMAGE, Map.of()), "no base64")),
        BUNDLE,
        Outcome.REFUSED,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT);
    assertRefused(
        IMAGE.withoutManifest(
            Evidence.dsse(MALLORY, IMAGE),
            Evidence.dsse(ALICE, Bytes.utf8("no statement")),
            Evidence.dsse(ALICE, Evidence.attestation(IMAGE)),
            Evidence.edited(
                Evidence.dsse(ALICE, IMAGE), "bundle.v0.3+json", "bundle+json;version=0.1"),
            Evidence.message(ALICE, IMAGE)),
        LEGACY,
        Outcome.REFUSED,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.OTHER_FORMAT);
  }

  @ParameterizedTest
  @EnumSource
  void nobodyIsAskedAboutThem(SignatureFormat format) {
    AtomicInteger asked = new AtomicInteger();
    TestLog log = TestLog.v1("rekor.example.com");
    Policy policy =
        Policy.requiringAnyOf(List.of(MALLORY.key(), ALICE.key()))
            .withTrustedRoot(Logged.root(log))
            .withSecondOpinion((key, algorithm, message, signature) -> {
              asked.incrementAndGet();
              return true;
            })
            .withLogLookup(claim -> {
              asked.incrementAndGet();
              return List.of(log.enter(claim));
            })
            .acceptingOnly(format);
    Candidate other =
        format == SignatureFormat.LEGACY
            ? Evidence.dsse(ALICE, IMAGE)
            : Evidence.legacy(ALICE, IMAGE);

    assertRefused(IMAGE.with(other), policy, Outcome.REFUSED, ReasonCode.OTHER_FORMAT);
    assertThat(asked).hasValue(0);
  }

  /** Nobody knows what it would have been. */
  @ParameterizedTest
  @EnumSource
  void whatCannotBeReadStaysWhatItIs(SignatureFormat format) {
    Policy policy = EITHER.acceptingOnly(format);
    Candidate other =
        format == SignatureFormat.LEGACY
            ? Evidence.dsse(ALICE, IMAGE)
            : Evidence.legacy(ALICE, IMAGE);

    assertRefused(
        IMAGE.with(Evidence.broken(), other),
        policy,
        Outcome.MALFORMED,
        ReasonCode.MALFORMED,
        ReasonCode.OTHER_FORMAT);
    assertRefused(
        IMAGE.with(other, Evidence.outOfReach()),
        policy,
        Outcome.UNDECIDED,
        ReasonCode.OTHER_FORMAT,
        ReasonCode.UNDECIDED);
    assertRefused(IMAGE.with(), policy, Outcome.NO_SIGNATURE);
  }

  @Test
  void holdsForSignaturesWithCertificates() throws Exception {
    Policy policy =
        Policy.requiringIdentity(
                IdentityPolicy.exactly("me", "https://issuer.example"),
                KeylessVectorsTest.publicGood())
            .insecurelyIgnoringLog();
    SignedImage legacy = IMAGE.with(Evidence.legacy(ALICE, IMAGE));
    SignedImage bundle = IMAGE.with(Evidence.dsse(ALICE, IMAGE));

    assertRefused(legacy, policy, Outcome.NO_CERTIFICATE, ReasonCode.NO_CERTIFICATE);
    assertRefused(
        legacy,
        policy.acceptingOnly(SignatureFormat.LEGACY),
        Outcome.NO_CERTIFICATE,
        ReasonCode.NO_CERTIFICATE);
    assertRefused(
        legacy,
        policy.acceptingOnly(SignatureFormat.BUNDLE),
        Outcome.REFUSED,
        ReasonCode.OTHER_FORMAT);
    assertRefused(
        bundle,
        policy.acceptingOnly(SignatureFormat.BUNDLE),
        Outcome.NO_CERTIFICATE,
        ReasonCode.NO_CERTIFICATE);
    assertRefused(
        bundle,
        policy.acceptingOnly(SignatureFormat.LEGACY),
        Outcome.REFUSED,
        ReasonCode.OTHER_FORMAT);
  }

  @Test
  void holdsForOtherBytesThanImagesToo() throws Exception {
    SignedBlob blob = SignedBlob.of(IMAGE.manifest(), List.of(Evidence.message(ALICE, IMAGE)));

    assertThat(Verifier.verify(blob, BUNDLE).value().signatures()).hasSize(1);
    VerificationException no =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, LEGACY));
    assertThat(no.refusals()).extracting("reason").containsExactly(ReasonCode.OTHER_FORMAT);
  }

  @Test
  void aDenialSaysItOnceAndAfterEverythingElse() {
    Candidate bundle = Evidence.dsse(ALICE, IMAGE);
    Candidate legacy = Evidence.legacy(ALICE, IMAGE);
    VerificationException noBundle = refused(IMAGE.with(Collections.nCopies(50, bundle)), LEGACY);
    assertThat(noBundle.message()).isEqualTo("no matching signatures: " + NO_BUNDLE);
    assertThat(noBundle.hint()).isEmpty();
    assertThat(noBundle.refusals()).hasSize(50).allMatch(no -> no.detail().equals(NO_BUNDLE));
    assertThat(refused(IMAGE.with(legacy, legacy), BUNDLE).message())
        .isEqualTo("no matching signatures: " + NO_LEGACY);

    String ofOther = "invalid or missing digest in claim: " + OTHER.digest();
    assertThat(refused(IMAGE.with(bundle, Evidence.legacy(ALICE, OTHER)), LEGACY).message())
        .isEqualTo("no matching signatures: " + ofOther + "\n " + NO_BUNDLE);
    assertThat(refused(IMAGE.with(legacy, Evidence.dsse(ALICE, OTHER)), BUNDLE).message())
        .isEqualTo(
            "no matching signatures: provided artifact digests do not match digests in"
                + " statement\n "
                + NO_LEGACY);
    assertThat(refused(IMAGE.with(Evidence.dsse(ALICE, OTHER)), BUNDLE).message())
        .startsWith("no matching attestations: ");
  }

  @Test
  void anAttestationBesideSignaturesOfTheOtherFormatIsStillNamed() {
    VerificationException no =
        refused(
            IMAGE.with(
                Evidence.legacy(ALICE, IMAGE), Evidence.dsse(ALICE, Evidence.attestation(IMAGE))),
            BUNDLE);

    assertThat(no.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(no.message()).isEqualTo("no matching signatures: " + NO_LEGACY);
    assertThat(no.hint().orElseThrow()).contains(Evidence.ATTESTATION);
  }

  /** Who asks for less than both asks for more. */
  @ParameterizedTest
  @EnumSource
  void isNoRelaxation(SignatureFormat format) {
    assertThat(EITHER.acceptingOnly(format).relaxations()).isEqualTo(EITHER.relaxations());
    assertThat(EITHER.onlyFormat()).isEmpty();
  }
}
