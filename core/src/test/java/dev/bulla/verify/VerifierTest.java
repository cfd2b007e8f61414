package dev.bulla.verify;

import static dev.bulla.verify.Verdicts.accepted;
import static dev.bulla.verify.Verdicts.accepts;
import static dev.bulla.verify.Verdicts.assertRefused;
import static dev.bulla.verify.Verdicts.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.MessageSignature;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.digest.HashAlgorithm;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.intoto.Statement;
import dev.bulla.key.KeyType;
import dev.bulla.key.SignatureAlgorithm;
import dev.bulla.oci.Repository;
import dev.bulla.payload.SimpleSigningPayload;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VerifierTest {

  private static final Party ALICE = Party.withKey(KeyType.EC_P256);
  private static final Party MALLORY = Party.withKey(KeyType.EC_P256);
  private static final Image IMAGE = Image.of("the image");
  private static final Image OTHER = Image.of("another image");
  private static final Policy POLICY = Policy.requiringKey(ALICE.key()).insecurelyIgnoringLog();
  private static final Map<String, String> PROD = Map.of("env", "prod");

  @Test
  void acceptsALegacySignature() {
    LegacySignature signature = Evidence.legacy(ALICE, IMAGE, PROD);

    VerifiedImage verified = accepted(IMAGE.with(signature), POLICY);

    assertThat(verified.image()).isEqualTo(IMAGE.with().image());
    assertThat(verified.refusals()).isEmpty();
    assertThat(verified.signatures())
        .singleElement()
        .isInstanceOfSatisfying(
            VerifiedSignature.Legacy.class,
            legacy -> {
              assertThat(legacy.origin()).isEqualTo(signature.origin());
              assertThat(legacy.signer()).isEqualTo(ALICE.key());
              assertThat(legacy.algorithm()).isEqualTo(SignatureAlgorithm.ECDSA_P256_SHA256);
              assertThat(legacy.signedBytes()).isEqualTo(signature.payload());
              assertThat(legacy.payload().orElseThrow().hasAnnotations(PROD)).isTrue();
            });
  }

  @Test
  void acceptsAStatement() {
    BundleSignature signature = Evidence.dsse(ALICE, IMAGE, PROD);

    assertThat(accepted(IMAGE.with(signature), POLICY).signatures())
        .singleElement()
        .isInstanceOfSatisfying(
            VerifiedSignature.Attested.class,
            attested -> {
              assertThat(attested.origin()).isEqualTo(signature.origin());
              assertThat(attested.signer()).isEqualTo(ALICE.key());
              assertThat(attested.signedBytes()).isEqualTo(Evidence.statement(IMAGE, PROD));
              assertThat(attested.statement().subjects().get(0).hasAnnotations(PROD)).isTrue();
              assertThat(attested.bundle()).isEqualTo(signature.raw());
            });
  }

  @Test
  void acceptsASignatureOverTheManifest() {
    BundleSignature signature = Evidence.message(ALICE, IMAGE);

    assertThat(accepted(IMAGE.with(signature), POLICY).signatures())
        .singleElement()
        .isInstanceOfSatisfying(
            VerifiedSignature.Message.class,
            message -> {
              assertThat(message.signedBytes()).isEqualTo(IMAGE.manifest());
              assertThat(message.bundle()).isEqualTo(signature.raw());
            });
  }

  @ParameterizedTest
  @EnumSource(
      names = {"RSA_3072", "RSA_4096"},
      mode = EnumSource.Mode.EXCLUDE)
  void acceptsEveryTypeOfKey(KeyType type) {
    Party party = Party.ofType(type);
    Policy policy = Policy.requiringKey(party.key()).insecurelyIgnoringLog();

    VerifiedImage verified =
        accepted(
            IMAGE.with(
                Evidence.legacy(party, IMAGE),
                Evidence.dsse(party, IMAGE),
                Evidence.message(party, IMAGE)),
            policy);

    assertThat(verified.signatures())
        .hasSize(3)
        .allMatch(signature -> signature.algorithm() == SignatureAlgorithm.natural(type));
  }

  @Test
  void recordsTheAlgorithmThatMatched() {
    Party older = Party.withKey(KeyType.EC_P384, SignatureAlgorithm.ECDSA_P384_SHA256);
    Party prehashed = Party.withKey(KeyType.ED25519, SignatureAlgorithm.ED25519PH);

    for (Party party : List.of(older, prehashed)) {
      Policy policy = Policy.requiringKey(party.key()).insecurelyIgnoringLog();
      assertThat(accepted(IMAGE.with(Evidence.dsse(party, IMAGE)), policy).signatures())
          .singleElement()
          .matches(signature -> signature.algorithm() == party.signer().algorithm());
    }
  }

  @Test
  void worksWithLongerDigests() throws Exception {
    Digest sha512 = Digest.of(HashAlgorithm.SHA512, IMAGE.manifest());
    Bytes payload = SimpleSigningPayload.of("r", sha512, Map.of()).toBytes();
    SignedImage image =
        new SignedImage(
            Repository.parse("r.io/app").at(sha512),
            Optional.of(IMAGE.manifest()),
            List.of(
                Evidence.legacy(ALICE, payload),
                Evidence.dsse(ALICE, Statement.forImage(sha512, Map.of())),
                Evidence.message(ALICE, IMAGE),
                // signatures of the same content under its other name
                Evidence.legacy(ALICE, IMAGE),
                Evidence.dsse(ALICE, IMAGE)));

    VerifiedImage verified = accepted(image, POLICY);

    assertThat(verified.signatures()).hasSize(3);
    assertThat(verified.refusals())
        .extracting("reason")
        .containsExactly(ReasonCode.WRONG_SUBJECT, ReasonCode.WRONG_SUBJECT);
  }

  @Test
  void acceptsOneGoodAmongBadOnesAndReportsThoseToo() {
    VerifiedImage verified =
        accepted(
            IMAGE.with(
                Evidence.broken(),
                Evidence.legacy(MALLORY, IMAGE),
                Evidence.dsse(ALICE, IMAGE),
                Evidence.outOfReach(),
                Evidence.dsse(ALICE, OTHER)),
            POLICY);

    assertThat(verified.signatures()).hasSize(1);
    assertThat(verified.refusals())
        .extracting("reason")
        .containsExactly(
            ReasonCode.MALFORMED,
            ReasonCode.SIGNATURE_MISMATCH,
            ReasonCode.UNDECIDED,
            ReasonCode.WRONG_SUBJECT);
    assertThat(verified.refusals().get(0).candidate()).isEqualTo("r.io/app@sha256:cd");
    assertThat(verified.refusals().get(1).candidate())
        .isEqualTo("signature 1 of r.io/app:sha256-ab.sig");
  }

  @Test
  void refusesTheSignaturesOfOthers() {
    assertRefused(
        IMAGE.with(
            Evidence.legacy(MALLORY, IMAGE),
            Evidence.dsse(MALLORY, IMAGE),
            Evidence.message(MALLORY, IMAGE)),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.WRONG_MESSAGE);
  }

  @Test
  void refusesTheSignaturesOfOtherImages() {
    assertRefused(
        IMAGE.with(
            Evidence.legacy(ALICE, OTHER),
            Evidence.dsse(ALICE, OTHER),
            Evidence.message(ALICE, OTHER)),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.WRONG_SUBJECT,
        ReasonCode.WRONG_SUBJECT,
        ReasonCode.WRONG_SUBJECT);
  }

  @Test
  void wantsAnnotationsWithTheirValues() {
    Policy policy = POLICY.withAnnotations(PROD);
    Map<String, String> more = Map.of("env", "prod", "x", "y");

    assertThat(accepts(IMAGE.with(Evidence.legacy(ALICE, IMAGE, more)), policy)).isTrue();
    assertThat(accepts(IMAGE.with(Evidence.dsse(ALICE, IMAGE, more)), policy)).isTrue();
    Bytes number = replaced(Evidence.payload(IMAGE, Map.of("env", "1")), "\"1\"", "1");
    Bytes numberInStatement = replaced(Evidence.statement(IMAGE, Map.of("env", "1")), "\"1\"", "1");
    assertThat(
            accepts(
                IMAGE.with(Evidence.legacy(ALICE, number), Evidence.dsse(ALICE, numberInStatement)),
                POLICY.withAnnotations(Map.of("env", "1"))))
        .isFalse();
    assertRefused(
        IMAGE.with(
            Evidence.legacy(ALICE, IMAGE),
            Evidence.legacy(ALICE, IMAGE, Map.of("env", "test")),
            Evidence.legacy(ALICE, IMAGE, Map.of("ENV", "prod")),
            Evidence.legacy(ALICE, number),
            Evidence.dsse(ALICE, IMAGE),
            Evidence.dsse(ALICE, IMAGE, Map.of("env", "test")),
            Evidence.dsse(ALICE, numberInStatement),
            Evidence.message(ALICE, IMAGE)),
        policy,
        Outcome.REFUSED,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION,
        ReasonCode.WRONG_ANNOTATION);
  }

  private static Bytes replaced(Bytes json, String text, String replacement) {
    try {
      return Bytes.utf8(json.toUtf8String("json").replace(text, replacement));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** Annotations of the layer are nobody's claim: only what is signed counts. */
  @Test
  void doesNotBelieveAnnotationsThatAreNotSigned() {
    Bytes payload = Evidence.payload(IMAGE, Map.of());

    assertRefused(
        IMAGE.with(Evidence.legacy(payload, ALICE.sign(payload), PROD)),
        POLICY.withAnnotations(PROD),
        Outcome.REFUSED,
        ReasonCode.WRONG_ANNOTATION);
  }

  @Test
  void looksForTheSubjectAndItsAnnotationsTogether() {
    String mine = "{\"digest\":{\"sha256\":\"" + IMAGE.digest().hex() + "\"}";
    String other = "{\"digest\":{\"sha256\":\"" + OTHER.digest().hex() + "\"}";
    String prod = ",\"annotations\":{\"env\":\"prod\"}}";
    Policy policy = POLICY.withAnnotations(PROD);

    assertThat(accepts(IMAGE.with(subjects(other + "}," + mine + "}")), POLICY)).isTrue();
    assertThat(accepts(IMAGE.with(subjects(other + "}," + mine + prod)), policy)).isTrue();
    assertThat(accepts(IMAGE.with(subjects(mine + "}," + mine + prod)), policy)).isTrue();
    // the annotation is another subject's
    assertRefused(
        IMAGE.with(subjects(other + prod + "," + mine + "}")),
        policy,
        Outcome.REFUSED,
        ReasonCode.WRONG_ANNOTATION);
    assertRefused(IMAGE.with(subjects("")), POLICY, Outcome.REFUSED, ReasonCode.WRONG_SUBJECT);
    assertRefused(IMAGE.with(subjects("{}")), POLICY, Outcome.REFUSED, ReasonCode.WRONG_SUBJECT);
  }

  private static BundleSignature subjects(String subjects) {
    return Evidence.dsse(
        ALICE,
        Bytes.utf8(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
                + subjects
                + "],\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\",\"predicate\":{}}"));
  }

  /** Whoever signs duplicates could tell two verifiers two different things. */
  @Test
  void refusesSignedDocumentsThatCanBeReadInTwoWays() {
    String mine = IMAGE.digest().toString();
    Bytes twice =
        Bytes.utf8(
            "{\"critical\":{\"image\":{\"docker-manifest-digest\":\""
                + mine
                + "\"}},\"Critical\":{\"image\":{\"docker-manifest-digest\":\""
                + mine
                + "\"}}}");
    Bytes sameName =
        Bytes.utf8(
            "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"sha256:00\","
                + "\"docker-manifest-digest\":\""
                + mine
                + "\"}}}");
    Bytes statement =
        replaced(
            Evidence.statement(IMAGE, Map.of()), "\"subject\"", "\"predicate\":{},\"subject\"");

    assertRefused(
        IMAGE.with(
            Evidence.legacy(ALICE, twice),
            Evidence.legacy(ALICE, sameName),
            Evidence.dsse(ALICE, statement)),
        POLICY,
        Outcome.MALFORMED,
        ReasonCode.MALFORMED,
        ReasonCode.MALFORMED,
        ReasonCode.MALFORMED);
  }

  /**
   * CVE-2026-44309: what was verified was written anew from what was read. Documents that say the
   * same are not the same.
   */
  @Test
  void whatWasSignedAreTheBytesThatCame() {
    Bytes payload = Evidence.payload(IMAGE, Map.of("a", "b"));
    Bytes statement = Evidence.statement(IMAGE, Map.of("a", "b"));
    for (String[] other : new String[][] {{"\":", "\" : "}, {",\"", ",\n \""}}) {
      Bytes spaced = replaced(payload, other[0], other[1]);
      Bytes spacedStatement = replaced(statement, other[0], other[1]);
      assertThat(spaced).isNotEqualTo(payload);

      accepted(IMAGE.with(Evidence.legacy(ALICE, spaced)), POLICY);
      accepted(IMAGE.with(Evidence.dsse(ALICE, spacedStatement)), POLICY);
      assertRefused(
          IMAGE.with(
              Evidence.legacy(spaced, ALICE.sign(payload), Map.of()),
              Evidence.legacy(payload, ALICE.sign(spaced), Map.of()),
              Evidence.dsse(
                  ALICE.key().hint(), spacedStatement, Evidence.signature(ALICE, statement), ""),
              Evidence.dsse(
                  ALICE.key().hint(), statement, Evidence.signature(ALICE, spacedStatement), "")),
          POLICY,
          Outcome.REFUSED,
          ReasonCode.SIGNATURE_MISMATCH,
          ReasonCode.SIGNATURE_MISMATCH,
          ReasonCode.SIGNATURE_MISMATCH,
          ReasonCode.SIGNATURE_MISMATCH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "\"text\"", "not JSON", "{", "{}{}", "\ufeff{}"})
  void refusesSignedDocumentsThatAreNone(String text) {
    Bytes document = Bytes.utf8(text);

    assertRefused(
        IMAGE.with(Evidence.legacy(ALICE, document), Evidence.dsse(ALICE, document)),
        POLICY,
        Outcome.MALFORMED,
        ReasonCode.MALFORMED,
        ReasonCode.MALFORMED);
  }

  /** A broken document by somebody else is not even read. */
  @Test
  void looksAtTheSignatureFirst() {
    Bytes document = Bytes.utf8("not JSON");

    assertRefused(
        IMAGE.with(Evidence.legacy(MALLORY, document), Evidence.dsse(MALLORY, document)),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "AAA", "A A=", "AB==", "\u001b[2K", "MEUCIQ"})
  void refusesSignaturesThatAreNotBase64(String text) {
    assertRefused(
        IMAGE.with(Evidence.legacyText(Evidence.payload(IMAGE, Map.of()), text)),
        POLICY,
        Outcome.MALFORMED,
        ReasonCode.MALFORMED);
  }

  @Test
  void refusesEmptySignatures() {
    Bytes statement = Evidence.statement(IMAGE, Map.of());

    assertRefused(
        IMAGE.with(
            Evidence.legacyText(Evidence.payload(IMAGE, Map.of()), ""),
            Evidence.dsse("", statement, Bytes.EMPTY, "")),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH);
  }

  @Test
  void readsASignatureWithLineBreaks() {
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    String lines = Base64Text.encodeLines(ALICE.sign(payload));

    assertThat(accepts(IMAGE.with(Evidence.legacyText(payload, lines)), POLICY)).isTrue();
  }

  // who signed

  /** CVE GHSA-fx35-mq7g-6g98: a key inside the evidence took the place of the one asked for. */
  @Test
  void doesNotTakeItsKeyFromTheEvidence() {
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    String pem = MALLORY.key().toPem();
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    Bytes signature = Evidence.signature(MALLORY, statement);
    Map<String, String> everywhere =
        Map.of(
            LegacySignature.CERTIFICATE_ANNOTATION, pem,
            LegacySignature.CHAIN_ANNOTATION, pem,
            LegacySignature.LOG_BUNDLE_ANNOTATION, pem,
            LegacySignature.TIMESTAMP_ANNOTATION, pem);

    assertRefused(
        IMAGE.with(
            Evidence.legacy(payload, MALLORY.sign(payload), everywhere),
            Evidence.dsse(MALLORY.key().hint(), statement, signature, ""),
            Evidence.dsse(pem, statement, signature, SshFingerprint.of(MALLORY.key())),
            Evidence.dsse(
                ALICE.key().hint(), statement, signature, SshFingerprint.of(ALICE.key()))),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.SIGNATURE_MISMATCH);
  }

  @Test
  void refusesABundleThatBringsACertificate() {
    String hint = "\"publicKey\":{\"hint\":\"" + ALICE.key().hint() + "\"}";
    for (String certificate :
        List.of(
            "\"certificate\":{\"rawBytes\":\"" + Base64Text.encode(MALLORY.key().spki()) + "\"}",
            "\"certificate\":{\"rawBytes\":\"" + Base64Text.encode(ALICE.key().spki()) + "\"}")) {
      for (Party party : List.of(ALICE, MALLORY)) {
        String own = hint.replace(ALICE.key().hint(), party.key().hint());
        assertRefused(
            IMAGE.with(
                Evidence.edited(Evidence.dsse(party, IMAGE), own, certificate),
                Evidence.edited(Evidence.message(party, IMAGE), own, certificate)),
            POLICY,
            Outcome.REFUSED,
            ReasonCode.WRONG_SIGNER,
            ReasonCode.WRONG_SIGNER);
      }
    }
  }

  /** The hint is not authenticated: it neither helps nor hinders. */
  @ParameterizedTest
  @ValueSource(strings = {"", "nobody", "\u001b[2K"})
  void doesNotLookAtTheHint(String hint) {
    Bytes statement = Evidence.statement(IMAGE, Map.of());

    assertThat(
            accepts(
                IMAGE.with(
                    Evidence.dsse(hint, statement, Evidence.signature(ALICE, statement), "")),
                POLICY))
        .isTrue();
    assertThat(
            accepts(
                IMAGE.with(
                    Evidence.dsse(
                        ALICE.key().hint(), statement, Evidence.signature(MALLORY, statement), "")),
                POLICY))
        .isFalse();
  }

  static Stream<Arguments> keyids() {
    String own = SshFingerprint.of(ALICE.key());
    return Stream.of(
        Arguments.of("", true),
        Arguments.of(own, true),
        Arguments.of(SshFingerprint.of(MALLORY.key()), false),
        Arguments.of(own + "=", false),
        Arguments.of(own.substring("SHA256:".length()), false),
        Arguments.of(own.toLowerCase(Locale.ROOT), false),
        Arguments.of(" " + own, false),
        Arguments.of(ALICE.key().hint(), false),
        Arguments.of("anything", false));
  }

  /** As cosign: a signature with another key's name is not tried. */
  @ParameterizedTest
  @MethodSource("keyids")
  void triesASignatureOnlyUnderNoNameOrTheKeysOwn(String keyid, boolean tried) {
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    SignedImage image =
        IMAGE.with(Evidence.dsse("", statement, Evidence.signature(ALICE, statement), keyid));

    assertThat(accepts(image, POLICY)).isEqualTo(tried);
    if (!tried) {
      assertRefused(image, POLICY, Outcome.REFUSED, ReasonCode.SIGNATURE_MISMATCH);
    }
  }

  // the envelope

  @Test
  void wantsExactlyOneSignatureInAnEnvelope() {
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    Envelope.Signature good = new Envelope.Signature(Evidence.signature(ALICE, statement), "");
    Envelope.Signature alsoGood = new Envelope.Signature(Evidence.signature(ALICE, statement), "");
    Envelope.Signature bad = new Envelope.Signature(Evidence.signature(MALLORY, statement), "");

    for (List<Envelope.Signature> signatures :
        List.of(
            List.<Envelope.Signature>of(),
            List.of(good, bad),
            List.of(bad, good),
            List.of(good, alsoGood),
            List.of(good, good))) {
      assertRefused(
          IMAGE.with(
              Evidence.bundle(
                  "", new DsseContent(new Envelope(Envelope.IN_TOTO, statement, signatures)))),
          POLICY,
          Outcome.MALFORMED,
          ReasonCode.MALFORMED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "application/json",
        "application/vnd.in-toto+json ",
        "application/vnd.in-toto+JSON",
        "application/vnd.in-toto+dsse",
        "\u001b[2K"
      })
  void refusesOtherPayloadTypes(String type) {
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    Envelope unsigned = new Envelope(type, statement, List.of());
    Envelope.Signature overThatType =
        new Envelope.Signature(ALICE.sign(unsigned.signedBytes()), "");
    Envelope.Signature overTheRightType =
        new Envelope.Signature(Evidence.signature(ALICE, statement), "");

    for (Envelope.Signature signature : List.of(overThatType, overTheRightType)) {
      SignedImage image =
          IMAGE.with(
              Evidence.bundle(
                  "", new DsseContent(new Envelope(type, statement, List.of(signature)))));
      assertRefused(image, POLICY, Outcome.REFUSED, ReasonCode.UNSUPPORTED);
      assertThat(refused(image, POLICY).message()).doesNotContain("\u001b");
    }
  }

  /** cosign takes older bundles for absent; whoever counted them would accept more than it does. */
  @ParameterizedTest
  @ValueSource(strings = {"bundle+json;version=0.1", "bundle+json;version=0.2", "bundle.v0.2+json"})
  void refusesBundlesOfOlderVersions(String version) {
    assertRefused(
        IMAGE.with(
            Evidence.edited(Evidence.dsse(ALICE, IMAGE), "bundle.v0.3+json", version),
            Evidence.edited(Evidence.message(ALICE, IMAGE), "bundle.v0.3+json", version)),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.UNSUPPORTED,
        ReasonCode.UNSUPPORTED);
  }

  // message signatures

  @Test
  void cannotDecideOverASignatureOfAManifestThatIsNotAtHand() throws Exception {
    BundleSignature signature = Evidence.message(ALICE, IMAGE);
    SignedImage wrongManifest =
        new SignedImage(
            Repository.parse("r.io/app").at(OTHER.digest()),
            Optional.of(IMAGE.manifest()),
            List.of(signature));

    assertRefused(
        IMAGE.withoutManifest(signature), POLICY, Outcome.UNDECIDED, ReasonCode.UNDECIDED);
    assertRefused(wrongManifest, POLICY, Outcome.UNDECIDED, ReasonCode.UNDECIDED);
  }

  @Test
  void comparesTheRecordedDigestOfAManifest() {
    Bytes signature = ALICE.sign(IMAGE.manifest());

    assertThat(
            accepts(
                IMAGE.with(
                    Evidence.message(
                        "", signature, Digest.of(HashAlgorithm.SHA512, IMAGE.manifest()))),
                POLICY))
        .isTrue();
    assertThat(
            accepts(
                IMAGE.with(Evidence.bundle("", new MessageSignature(Optional.empty(), signature))),
                POLICY))
        .isTrue();
    assertRefused(
        IMAGE.with(Evidence.message("", signature, OTHER.digest())),
        POLICY,
        Outcome.REFUSED,
        ReasonCode.WRONG_SUBJECT);
  }

  // the log

  @Test
  void wantsALogEntryUnlessToldOtherwise() {
    Policy strict = Policy.requiringKey(ALICE.key());
    SignedImage image =
        IMAGE.with(
            Evidence.legacy(ALICE, IMAGE),
            Evidence.dsse(ALICE, IMAGE),
            Evidence.message(ALICE, IMAGE));

    assertRefused(
        image,
        strict,
        Outcome.REFUSED,
        ReasonCode.NO_LOG_ENTRY,
        ReasonCode.NO_LOG_ENTRY,
        ReasonCode.NO_LOG_ENTRY);
    assertThat(refused(image, strict).hint().orElseThrow()).contains("--insecure-ignore-tlog");
    assertThat(accepted(image, POLICY).signatures()).hasSize(3);
  }

  /**
   * Without a trusted root, an entry proves nothing, and its signature is not refused either,
   * unless the entry cannot even be read.
   */
  @Test
  void doesNotTrustAnEntryThatItCannotCheck() {
    Policy strict = Policy.requiringKey(ALICE.key());
    Bytes payload = Evidence.payload(IMAGE, Map.of());
    SignedImage image =
        IMAGE.with(
            Evidence.legacy(
                payload, ALICE.sign(payload), Map.of(LegacySignature.LOG_BUNDLE_ANNOTATION, "{}")),
            Evidence.logged(Evidence.dsse(ALICE, IMAGE)),
            Evidence.logged(Evidence.message(ALICE, IMAGE)));

    assertRefused(
        image,
        strict,
        Outcome.UNDECIDED,
        ReasonCode.MALFORMED,
        ReasonCode.UNDECIDED,
        ReasonCode.UNDECIDED);
    assertThat(accepted(image, POLICY).signatures()).hasSize(3);
  }

  @Test
  void doesNotReachTheLogWithABadSignature() {
    assertRefused(
        IMAGE.with(
            Evidence.logged(Evidence.dsse(MALLORY, IMAGE)),
            Evidence.logged(Evidence.dsse(ALICE, OTHER))),
        Policy.requiringKey(ALICE.key()),
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.WRONG_SUBJECT);
  }

  // attestations

  @Test
  void anAttestationIsNoSignatureAndIsNamed() {
    SignedImage image =
        IMAGE.with(
            Evidence.dsse(ALICE, Evidence.attestation(IMAGE, "https://b.example/v1")),
            Evidence.dsse(ALICE, Evidence.attestation(IMAGE, "https://a.example/v1")),
            Evidence.dsse(ALICE, Evidence.attestation(IMAGE, "https://b.example/v1")));

    assertRefused(
        image,
        POLICY,
        Outcome.NO_SIGNATURE,
        ReasonCode.OTHER_PREDICATE,
        ReasonCode.OTHER_PREDICATE,
        ReasonCode.OTHER_PREDICATE);
    VerificationException refusal = refused(image, POLICY);
    assertThat(refusal.message()).isEqualTo("no signatures found");
    assertThat(refusal.hint().orElseThrow())
        .contains("https://a.example/v1, https://b.example/v1 ")
        .contains("verify-attestation");
  }

  /** An attestation does not claim to be a signature of the image, whoever made it. */
  @Test
  void anAttestationOfAnotherSignerIsNoSignatureEither() {
    BundleSignature foreign = Evidence.dsse(MALLORY, Evidence.attestation(IMAGE));
    String hint = "\"publicKey\":{\"hint\":\"" + MALLORY.key().hint() + "\"}";
    String certificate = "\"certificate\":{\"rawBytes\":\"AA==\"}";

    assertRefused(
        IMAGE.with(foreign, Evidence.edited(foreign, hint, certificate)),
        POLICY,
        Outcome.NO_SIGNATURE,
        ReasonCode.OTHER_PREDICATE,
        ReasonCode.OTHER_PREDICATE);
    // who asks for attestations is told what is the matter with them
    assertRefused(
        IMAGE.with(foreign, Evidence.edited(foreign, hint, certificate)),
        POLICY.acceptingAnyPredicate(),
        Outcome.REFUSED,
        ReasonCode.SIGNATURE_MISMATCH,
        ReasonCode.WRONG_SIGNER);
  }

  /** The signature is over bytes; without claims nobody asks what they say. */
  @Test
  void withoutClaimsAPayloadNeedNotBeOne() throws Exception {
    Bytes payload = Bytes.utf8("no JSON");
    Policy unclaimed = POLICY.insecurelyIgnoringClaims();

    assertRefused(
        IMAGE.with(Evidence.legacy(ALICE, payload)),
        POLICY,
        Outcome.MALFORMED,
        ReasonCode.MALFORMED);
    VerifiedSignature.Legacy signature =
        (VerifiedSignature.Legacy)
            Verifier.verify(IMAGE.with(Evidence.legacy(ALICE, payload)), unclaimed)
                .value()
                .signatures()
                .get(0);
    assertThat(signature.payload()).isEmpty();
    assertThat(signature.signedBytes()).isEqualTo(payload);
    assertThat(accepts(IMAGE.with(Evidence.legacy(MALLORY, payload)), unclaimed)).isFalse();
  }

  @Test
  void anAttestationIsNamedBesideOtherReasonsToo() {
    VerificationException refusal =
        refused(
            IMAGE.with(
                Evidence.dsse(ALICE, Evidence.attestation(IMAGE)), Evidence.dsse(MALLORY, IMAGE)),
            POLICY);

    assertThat(refusal.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refusal.hint().orElseThrow()).contains(Evidence.ATTESTATION);
  }

  @Test
  void anyPredicateCountsWhenAskedFor() {
    Policy any = POLICY.acceptingAnyPredicate();
    BundleSignature attestation = Evidence.dsse(ALICE, Evidence.attestation(IMAGE));

    assertThat(accepts(IMAGE.with(attestation), any)).isTrue();
    assertThat(accepts(IMAGE.with(Evidence.dsse(ALICE, IMAGE)), any)).isTrue();
    // everything else still holds
    assertThat(accepts(OTHER.with(attestation), any)).isFalse();
    assertThat(accepts(IMAGE.with(Evidence.dsse(MALLORY, Evidence.attestation(IMAGE))), any))
        .isFalse();
    assertThat(accepts(IMAGE.with(attestation), any.withAnnotations(PROD))).isFalse();
  }

  @Test
  void textOfAttestationsIsEscaped() {
    SignedImage image =
        IMAGE.with(
            Evidence.dsse(
                ALICE, Evidence.attestation(IMAGE, "https://x/\\u001b[2K\\nVerified OK\\u202e")));

    VerificationException refusal = refused(image, POLICY);

    for (String text :
        List.of(
            refusal.message(), refusal.hint().orElseThrow(), refusal.refusals().get(0).detail())) {
      assertThat(text.chars()).noneMatch(c -> Character.isISOControl(c) || c == 0x202e);
    }
  }

  @Test
  void textOfClaimsIsEscaped() {
    Bytes payload =
        Bytes.utf8(
            "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"\\u001b[2K\\r\\nVerified"
                + " OK\\u202e\"}}}");

    VerificationException refusal = refused(IMAGE.with(Evidence.legacy(ALICE, payload)), POLICY);

    assertThat(refusal.message().chars()).noneMatch(c -> Character.isISOControl(c) || c == 0x202e);
  }
}
