package dev.bulla.verify;

import static dev.bulla.verify.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.vectors.Vectors;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Comparisons of the verifier that nothing else would miss; see docs/mutation.md. */
final class ComparisonsTest {

  private static final Party ALICE = Party.withKey(KeyType.EC_P256);
  private static final Party BOB = Party.withKey(KeyType.EC_P256);
  private static final Party CAROL = Party.withKey(KeyType.EC_P256);
  private static final Party ED = Party.ofType(KeyType.ED25519);
  private static final Image IMAGE = Image.of("the image");

  private static Policy key(Party... parties) {
    return Policy.requiringAnyOf(List.of(parties).stream().map(Party::key).toList())
        .insecurelyIgnoringLog();
  }

  private static Candidate vector(String path) throws MalformedInputException {
    return edited(path, "", "");
  }

  private static Candidate edited(String path, String text, String replacement)
      throws MalformedInputException {
    String json = Vectors.text(path);
    assertThat(json).contains(text);
    Bytes raw = Bytes.utf8(text.isEmpty() ? json : json.replace(text, replacement));
    return new BundleSignature(new Origin(path, 0), BundleJson.parse(raw), raw);
  }

  private static Refusal refusal(SignedBlob blob, Policy policy) {
    VerificationException no =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, policy));
    assertThat(no).as("a refusal").isNotNull();
    return no.refusals().get(0);
  }

  // ---- several keys

  @Test
  void everyKeyIsTriedUntilOneMatches() {
    Policy three = key(ALICE, BOB, CAROL);
    for (Party party : List.of(ALICE, BOB, CAROL)) {
      assertThat(Verdicts.accepts(IMAGE.with(Evidence.legacy(party, IMAGE)), three)).isTrue();
      assertThat(Verdicts.accepts(IMAGE.with(Evidence.dsse(party, IMAGE)), three)).isTrue();
      assertThat(Verdicts.accepts(IMAGE.with(Evidence.message(party, IMAGE)), three)).isTrue();
    }
  }

  @Test
  void aKeyThatMatchedIsTheLastOneTried() {
    AtomicInteger asked = new AtomicInteger();
    Policy policy =
        key(ALICE, ALICE)
            .withSecondOpinion((k, a, m, s) -> {
              asked.incrementAndGet();
              return true;
            });

    assertThat(Verdicts.accepts(IMAGE.with(Evidence.legacy(ALICE, IMAGE)), policy)).isTrue();
    assertThat(asked).hasValue(1);
  }

  // ---- the older format

  @Test
  void aPayloadWhoseClaimsAreIgnoredIsReadWhereItCanBe() {
    Policy policy = key(ALICE).insecurelyIgnoringClaims();
    LegacySignature found = Evidence.legacy(ALICE, IMAGE);
    VerifiedSignature.Legacy readable =
        (VerifiedSignature.Legacy) Verdicts.accepted(IMAGE.with(found), policy).signatures().get(0);
    VerifiedSignature.Legacy other =
        (VerifiedSignature.Legacy)
            Verdicts.accepted(IMAGE.with(Evidence.legacy(ALICE, Bytes.utf8("text"))), policy)
                .signatures()
                .get(0);

    assertThat(readable.found()).isSameAs(found);
    assertThat(readable.payload()).isPresent();
    assertThat(other.payload()).isEmpty();
  }

  // ---- attestations

  @Test
  void anAttestationOfAnotherIsCalledOne() throws Exception {
    BundleSignature attestation = Evidence.dsse(ALICE, Evidence.attestation(IMAGE));
    BundleSignature older =
        Evidence.edited(
            attestation,
            "application/vnd.dev.sigstore.bundle.v0.3+json",
            "application/vnd.dev.sigstore.bundle+json;version=0.2");
    Policy identity =
        Policy.requiringIdentity(IdentityPolicy.exactly("a", "b"), KeylessVectorsTest.publicGood());

    assertOther(attestation, key(BOB));
    assertOther(attestation, key(ALICE));
    assertOther(attestation, identity);
    assertOther(older, key(ALICE));
    assertOther(vector("misc-bundles/cosign-oci-attestation.sigstore.json"), key(ALICE));
  }

  private static void assertOther(Candidate candidate, Policy policy) {
    assertRefused(IMAGE.with(candidate), policy, Outcome.NO_SIGNATURE, ReasonCode.OTHER_PREDICATE);
  }

  @Test
  void whatIsWrongWithAnAttestationOtherwiseStaysSo() {
    BundleSignature attestation = Evidence.dsse(ALICE, Evidence.attestation(IMAGE));
    Policy unasked =
        key(ALICE)
            .withSecondOpinion((k, a, m, s) -> {
              throw new ConfigurationException("nobody answers");
            });
    assertRefused(IMAGE.with(attestation), unasked, Outcome.UNDECIDED, ReasonCode.UNDECIDED);

    BundleSignature otherType =
        Evidence.edited(attestation, Envelope.IN_TOTO, "application/vnd.example");
    assertRefused(IMAGE.with(otherType), key(ALICE), Outcome.REFUSED, ReasonCode.UNSUPPORTED);
  }

  /** A key ID is a hint about a key; beside a certificate it says nothing. */
  @Test
  void theKeyIdOfAnEnvelopeWithCertificateIsNotLookedAt() throws Exception {
    String folder = "conformance/happy-path-intoto-in-dsse-v3/";
    Candidate candidate =
        edited(folder + "bundle.sigstore.json", "\"sig\":", "\"keyid\":\"any\",\"sig\":");
    IdentityPolicy anyone = IdentityPolicy.matching(name -> true, issuer -> true);
    Policy policy =
        Policy.requiringIdentity(anyone, KeylessVectorsTest.publicGood()).acceptingAnyPredicate();

    assertThat(
            Verifier.verify(
                    SignedBlob.of(Vectors.bytes("conformance/a.txt"), List.of(candidate)), policy)
                .value()
                .signatures())
        .hasSize(1);
  }

  // ---- messages

  @Test
  void aMessageHasNoAnnotationsUnlessNobodyAsksForClaims() {
    SignedImage image = IMAGE.with(Evidence.message(ALICE, IMAGE));
    Policy policy = key(ALICE).withAnnotations(Map.of("env", "prod"));

    assertRefused(image, policy, Outcome.REFUSED, ReasonCode.WRONG_ANNOTATION);
    assertThat(Verdicts.accepts(image, policy.insecurelyIgnoringClaims())).isTrue();
  }

  @Test
  void aMessageOfSomethingElseIsCalledByWhatItIsNot() {
    Image other = Image.of("another image");
    BundleSignature ofOther = Evidence.message(ALICE, other);

    assertThat(Verdicts.refused(IMAGE.with(ofOther), key(ALICE)).refusals().get(0).detail())
        .isEqualTo("the message digest is not that of the manifest");
    assertThat(refusal(SignedBlob.of(Bytes.utf8("a file"), List.of(ofOther)), key(ALICE)).detail())
        .isEqualTo("the message digest is not that of the artifact");
  }

  private static SignedBlob digestOf(Image image, Candidate candidate) {
    return SignedBlob.withDigest(image.digest(), List.of(candidate));
  }

  @Test
  void aDigestAloneSufficesForSomeSignatures() throws Exception {
    BundleSignature alices = Evidence.message(ALICE, IMAGE);
    VerifiedSignature accepted =
        Verifier.verify(digestOf(IMAGE, alices), key(ALICE)).value().signatures().get(0);
    assertThat(accepted.algorithm()).isEqualTo(SignatureAlgorithm.natural(KeyType.EC_P256));

    // the signature is by another key; not over a digest; there is none; somebody has to see it all
    assertThat(refusal(digestOf(IMAGE, alices), key(BOB)).reason())
        .isEqualTo(ReasonCode.WRONG_MESSAGE);
    assertThat(refusal(digestOf(IMAGE, Evidence.message(ED, IMAGE)), key(ED)).reason())
        .isEqualTo(ReasonCode.UNDECIDED);
    assertThat(refusal(digestOf(IMAGE, withoutDigest(alices)), key(ALICE)).reason())
        .isEqualTo(ReasonCode.UNDECIDED);
    assertThat(
            refusal(digestOf(IMAGE, alices), key(ALICE).withSecondOpinion((k, a, m, s) -> true))
                .reason())
        .isEqualTo(ReasonCode.UNDECIDED);
  }

  /** Neither the bytes nor their digest by the hash of the signature: nobody can tell. */
  @Test
  void aDigestByAnotherHashThanTheSignaturesLeavesItUndecided() {
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, IMAGE.manifest());
    Refusal refusal =
        refusal(SignedBlob.withDigest(sha512, List.of(Evidence.message(ALICE, IMAGE))), key(ALICE));

    assertThat(refusal.reason()).isEqualTo(ReasonCode.UNDECIDED);
    assertThat(refusal.detail()).contains("another algorithm");
  }

  @Test
  void aDigestByAHashThatTheKeyDoesNotSignWithIsNoMessageOfIt() {
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, IMAGE.manifest());
    BundleSignature candidate =
        Evidence.message(ALICE.key().hint(), ALICE.sign(IMAGE.manifest()), sha512);

    assertThat(refusal(SignedBlob.withDigest(sha512, List.of(candidate)), key(ALICE)).reason())
        .isEqualTo(ReasonCode.WRONG_MESSAGE);
  }

  @Test
  void aMessageWithoutDigestAndEntryIsNotLogged() {
    assertRefused(
        IMAGE.with(withoutDigest(Evidence.message(ALICE, IMAGE))),
        Policy.requiringKey(ALICE.key()),
        Outcome.REFUSED,
        ReasonCode.NO_LOG_ENTRY);
  }

  private static BundleSignature withoutDigest(BundleSignature bundle) {
    try {
      String json = bundle.raw().toUtf8String("bundle");
      int from = json.indexOf("\"messageDigest\"");
      return Evidence.edited(
          bundle, json.substring(from, json.indexOf('}', from) + 1), "\"messageDigest\":{}");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }
}
