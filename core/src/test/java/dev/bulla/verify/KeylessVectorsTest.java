package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.FulcioExtension;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.Candidate;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.Origin;
import dev.bulla.evidence.Unreadable;
import dev.bulla.intoto.Statement;
import dev.bulla.key.KeyType;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.Repository;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.vectors.Vectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures with certificates that other programs made, whole and with one thing changed. */
final class KeylessVectorsTest {

  private static final String MISC = "misc-bundles/";

  static TrustedRoot publicGood() throws MalformedInputException {
    return root("roots/public-good-trusted_root.derived.json");
  }

  private static TrustedRoot root(String path) throws MalformedInputException {
    return TrustedRoot.parse(Vectors.bytes(path));
  }

  private static Candidate bundle(String path) throws MalformedInputException {
    Bytes raw = Vectors.bytes(path);
    return new BundleSignature(new Origin(path, 0), BundleJson.parse(raw), raw);
  }

  private static Digest digest(String text) throws MalformedInputException {
    return Digest.parse(text);
  }

  private static SignerIdentity identity(Digest digest, Candidate candidate, Policy policy)
      throws VerificationException {
    return Verifier.verify(SignedBlob.withDigest(digest, List.of(candidate)), policy)
        .value()
        .signatures()
        .get(0)
        .identity()
        .orElseThrow();
  }

  private static void assertRefused(
      ReasonCode reason, Digest digest, Candidate candidate, Policy policy) {
    VerificationException refusal =
        catchThrowableOfType(
            VerificationException.class,
            () -> Verifier.verify(SignedBlob.withDigest(digest, List.of(candidate)), policy));
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.refusals().get(0).reason())
        .as(refusal.refusals().get(0).detail())
        .isEqualTo(reason);
  }

  static List<String> algorithms() {
    return Vectors.names("algorithms").stream().filter(name -> name.endsWith(".json")).toList();
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void acceptsEveryKindOfKeyInACertificate(String name) throws Exception {
    IdentityPolicy who =
        IdentityPolicy.exactly(
            "untrusted-sa@sigstore-conformance.iam.gserviceaccount.com",
            "https://accounts.google.com");
    SignedBlob blob =
        SignedBlob.of(
            Vectors.bytes("algorithms/artifact.txt"), List.of(bundle("algorithms/" + name)));

    assertThat(
            Verifier.verify(blob, Policy.requiringIdentity(who, publicGood())).value().signatures())
        .hasSize(1);
  }

  @Test
  void comparesUserNames() throws Exception {
    Candidate candidate = bundle(MISC + "othername.sigstore.json");
    Digest digest =
        digest("sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b");
    TrustedRoot root = root(MISC + "othername.trusted_root.json");
    Policy policy =
        Policy.requiringIdentity(
            IdentityPolicy.exactly("foo!oidc.local", "http://oidc.local:8080"), root);

    assertThat(identity(digest, candidate, policy).name()).isEqualTo("foo!oidc.local");
    Policy other =
        Policy.requiringIdentity(
            IdentityPolicy.exactly("foo@oidc.local", "http://oidc.local:8080"), root);
    assertRefused(ReasonCode.WRONG_SIGNER, digest, candidate, other);
  }

  @Test
  void inBundlesTheExactIssuerCountsBesideItsPattern() throws Exception {
    Candidate candidate = bundle(MISC + "othername.sigstore.json");
    Digest digest =
        digest("sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b");
    TrustedRoot root = root(MISC + "othername.trusted_root.json");
    IdentityPolicy pattern =
        IdentityPolicy.matching("foo!oidc.local"::equals, issuer -> issuer.contains("oidc"));

    Policy both =
        Policy.requiringIdentity(
            pattern.withIssuerInBundles("http://oidc.local:8080"::equals), root);
    assertThat(identity(digest, candidate, both).name()).isEqualTo("foo!oidc.local");
    Policy other =
        Policy.requiringIdentity(pattern.withIssuerInBundles("http://oidc.local"::equals), root);
    assertRefused(ReasonCode.WRONG_SIGNER, digest, candidate, other);
  }

  @Test
  void acceptsAnAttestationOfANpmPackage() throws Exception {
    Candidate candidate = bundle(MISC + "sigstore.js@2.0.0-provenance.sigstore.json");
    Digest digest =
        digest(
            "sha512:46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1"
                + "e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c");
    IdentityPolicy who =
        IdentityPolicy.matching(
            name -> name.startsWith("https://github.com/sigstore/sigstore-js/"),
            "https://token.actions.githubusercontent.com"::equals);
    Policy policy = Policy.requiringIdentity(who, publicGood()).acceptingAnyPredicate();

    SignerIdentity identity = identity(digest, candidate, policy);
    assertThat(identity.times()).isNotEmpty();

    assertRefused(ReasonCode.WRONG_SUBJECT, Digest.sha256(Bytes.EMPTY), candidate, policy);
    Policy otherIssuer =
        Policy.requiringIdentity(
                IdentityPolicy.matching(name -> true, "https://accounts.example.com"::equals),
                publicGood())
            .acceptingAnyPredicate();
    assertRefused(ReasonCode.WRONG_SIGNER, digest, candidate, otherIssuer);
    Policy repository =
        Policy.requiringIdentity(
                who.withExtension(
                    FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, "sigstore/sigstore-js"),
                publicGood())
            .acceptingAnyPredicate();
    assertThat(identity(digest, candidate, repository).name()).isEqualTo(identity.name());
    Policy otherRepository =
        Policy.requiringIdentity(
                who.withExtension(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, "sigstore/cosign"),
                publicGood())
            .acceptingAnyPredicate();
    assertRefused(ReasonCode.WRONG_SIGNER, digest, candidate, otherRepository);
  }

  @Test
  void acceptsAnAttestationThatCosignPutBesideAnImage() throws Exception {
    Candidate candidate = bundle(MISC + "cosign-oci-attestation.sigstore.json");
    Digest digest =
        digest("sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4");
    Policy policy =
        Policy.requiringIdentity(
                IdentityPolicy.matching("cody@soyland.com"::equals, issuer -> true),
                root(MISC + "cosign-oci-attestation.trusted_root.json"))
            .acceptingAnyPredicate();

    assertThat(identity(digest, candidate, policy).name()).isEqualTo("cody@soyland.com");
    assertRefused(
        ReasonCode.UNKNOWN_LOG,
        digest,
        candidate,
        Policy.requiringIdentity(
                IdentityPolicy.matching("cody@soyland.com"::equals, issuer -> true),
                root(MISC + "othername.trusted_root.json"))
            .acceptingAnyPredicate());
  }

  @Test
  void refusesAnEnvelopeWithTwoSignatures() throws Exception {
    Candidate candidate;
    try {
      candidate = bundle(MISC + "dsse-2sigs.sigstore.json");
    } catch (MalformedInputException e) {
      candidate = new Unreadable(new Origin("two", 0), e);
    }
    Policy policy =
        Policy.requiringIdentity(
                IdentityPolicy.matching(name -> true, issuer -> true), publicGood())
            .acceptingAnyPredicate();

    assertRefused(ReasonCode.MALFORMED, Digest.sha256(Bytes.EMPTY), candidate, policy);
  }

  /** From an instance without logs: what it cannot show has to be waived by name. */
  @Test
  void acceptsAnInstanceWithoutLogsOnlyWhenBothAreIgnored() throws Exception {
    String lines = Vectors.text(MISC + "github-private-no-tlog/trusted_root.jsonl");
    TrustedRoot root =
        TrustedRoot.parse(Bytes.utf8(lines.lines().skip(1).findFirst().orElseThrow()));
    Candidate candidate = bundle(MISC + "github-private-no-tlog/attestation.sigstore.json");
    Bundle.DsseContent content =
        (Bundle.DsseContent) ((BundleSignature) candidate).bundle().content();
    Digest digest =
        digest(
            "sha256:"
                + Statement.parse(content.envelope().payload())
                    .subjects()
                    .get(0)
                    .digests()
                    .get("sha256"));
    Policy strict =
        Policy.requiringIdentity(
                IdentityPolicy.matching(
                    name -> name.startsWith("https://github.com/"), issuer -> true),
                root)
            .acceptingAnyPredicate();

    assertRefused(ReasonCode.NO_LOG_ENTRY, digest, candidate, strict);
    assertRefused(ReasonCode.WRONG_SCT, digest, candidate, strict.insecurelyIgnoringLog());
    Policy waived = strict.insecurelyIgnoringLog().insecurelyIgnoringCertificateLog();
    assertThat(identity(digest, candidate, waived).times()).hasSize(1);
    assertThat(identity(digest, candidate, waived.withTimestamps(1)).times()).hasSize(1);
    assertRefused(ReasonCode.WRONG_TIMESTAMP, digest, candidate, waived.withTimestamps(2));
  }

  private static final String IMAGE =
      "sha256:31dc72a13a0c34b40eb95419d2b2fd67320c856baf3b72da518023ee8d370aee";

  static LegacySignature legacy() throws MalformedInputException {
    Bytes payload = Vectors.bytes("legacy-images/keyless/payload-897d9e86.json");
    for (Descriptor layer :
        Manifest.parse(Vectors.bytes("legacy-images/keyless/signature-manifest.compact.json"))
            .layers()) {
      if (layer.digest().matches(payload)) {
        return new LegacySignature(
            new Origin("legacy", 1),
            payload,
            layer.annotations().get(LegacySignature.SIGNATURE_ANNOTATION),
            layer.annotations());
      }
    }
    throw new AssertionError("no layer for the payload");
  }

  static SignedImage image(Candidate candidate) throws MalformedInputException {
    return new SignedImage(
        Repository.parse("r.io/app").at(Digest.parse(IMAGE)), List.of(candidate));
  }

  static Policy philipp() throws MalformedInputException {
    return Policy.requiringIdentity(
        IdentityPolicy.exactly("philipp.belitz@securesystems.de", "https://github.com/login/oauth"),
        publicGood());
  }

  private static LegacySignature without(String annotation) throws MalformedInputException {
    LegacySignature whole = legacy();
    Map<String, String> fewer = new HashMap<>(whole.annotations());
    assertThat(fewer.remove(annotation)).isNotNull();
    return new LegacySignature(whole.origin(), whole.payload(), whole.signatureText(), fewer);
  }

  @Test
  void acceptsASignatureOfTheOlderFormat() throws Exception {
    SignerIdentity identity =
        Verdicts.accepted(image(legacy()), philipp()).signatures().get(0).identity().orElseThrow();

    assertThat(identity.name()).isEqualTo("philipp.belitz@securesystems.de");
    assertThat(identity.times()).hasSize(1);
  }

  @Test
  void nothingOfTheOlderFormatMayBeMissing() throws Exception {
    Verdicts.assertRefused(
        image(without(LegacySignature.LOG_BUNDLE_ANNOTATION)),
        philipp(),
        Outcome.REFUSED,
        ReasonCode.NO_LOG_ENTRY);
    Verdicts.assertRefused(
        image(without(LegacySignature.CERTIFICATE_ANNOTATION)),
        philipp(),
        Outcome.NO_CERTIFICATE,
        ReasonCode.NO_CERTIFICATE);
    // the log proved the time
    Verdicts.assertRefused(
        image(legacy()),
        philipp().insecurelyIgnoringLog(),
        Outcome.REFUSED,
        ReasonCode.NO_PROVEN_TIME);
    Verdicts.assertRefused(
        image(legacy()), philipp().withTimestamps(1), Outcome.REFUSED, ReasonCode.NO_PROVEN_TIME);
  }

  /** GHSA-fx35-mq7g-6g98: a key in the place of the certificate overrode everything. */
  @Test
  void aBareKeyIsNoCertificate() throws Exception {
    LegacySignature whole = legacy();
    Map<String, String> changed = new HashMap<>(whole.annotations());
    changed.put(
        LegacySignature.CERTIFICATE_ANNOTATION,
        Vectors.text("legacy-images/alice-signed/alice.pub"));

    Verdicts.assertRefused(
        image(new LegacySignature(whole.origin(), whole.payload(), whole.signatureText(), changed)),
        philipp(),
        Outcome.MALFORMED,
        ReasonCode.MALFORMED);
  }

  @Test
  void aKeySignatureDoesNotSatisfyAnIdentity() throws Exception {
    Party alice = Party.withKey(KeyType.EC_P256);
    Image image = Image.of("the image");

    Verdicts.assertRefused(
        image.with(Evidence.legacy(alice, image), Evidence.dsse(alice, image)),
        philipp(),
        Outcome.NO_CERTIFICATE,
        ReasonCode.NO_CERTIFICATE,
        ReasonCode.NO_CERTIFICATE);
  }
}
