package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.Bundle.CertificateChain;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.CertificateAuthority;
import dev.bulla.certificate.Mint;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.certificate.ValidityPeriod;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.LegacyTimestamp;
import dev.bulla.evidence.Origin;
import dev.bulla.intoto.Statement;
import dev.bulla.key.KeyType;
import dev.bulla.timestamp.TimestampAuthority;
import dev.bulla.timestamp.TokenMint;
import dev.bulla.trust.TrustedRoot;
import dev.bulla.vectors.Vectors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which times count for a certificate, and which of them stand in for others. */
final class ProvenTimeTest {

  private static final IdentityPolicy ANYONE =
      IdentityPolicy.matching(name -> true, issuer -> true);

  private static BundleSignature bundle(String path) throws MalformedInputException {
    Bytes raw = Vectors.bytes(path);
    return new BundleSignature(new Origin(path, 0), BundleJson.parse(raw), raw);
  }

  private static Policy anyone(TrustedRoot root) {
    return Policy.requiringIdentity(ANYONE, root).acceptingAnyPredicate();
  }

  private static List<Instant> times(SignedBlob blob, Policy policy) throws Exception {
    return Verifier.verify(blob, policy)
        .value()
        .signatures()
        .get(0)
        .identity()
        .orElseThrow()
        .times();
  }

  private static Refusal refusal(SignedBlob blob, Policy policy) {
    VerificationException no =
        catchThrowableOfType(VerificationException.class, () -> Verifier.verify(blob, policy));
    assertThat(no).as("a refusal").isNotNull();
    return no.refusals().get(0);
  }

  private static List<Instant> times(Policy policy) throws Exception {
    return Verdicts.accepted(KeylessVectorsTest.image(KeylessVectorsTest.legacy()), policy)
        .signatures()
        .get(0)
        .identity()
        .orElseThrow()
        .times();
  }

  @Test
  void thePresentCountsOnlyWhereTheLogIsIgnored() throws Exception {
    Policy philipp = KeylessVectorsTest.philipp();
    Instant logged = times(philipp).get(0);
    Instant later = logged.plus(Duration.ofDays(365));

    assertThat(times(philipp.insecurelyJudgingCertificatesAt(later))).containsExactly(logged);
    Policy ignoring = philipp.insecurelyIgnoringLog();
    assertThat(times(ignoring.insecurelyJudgingCertificatesAt(logged))).containsExactly(logged);
    Verdicts.assertRefused(
        KeylessVectorsTest.image(KeylessVectorsTest.legacy()),
        ignoring.insecurelyJudgingCertificatesAt(later),
        Outcome.REFUSED,
        ReasonCode.NO_PROVEN_TIME);
  }

  /** Rekor v2 proves no time, and the present is no proof of one. */
  @Test
  void thePresentIsNoTimeOfALog() throws Exception {
    String folder = "conformance/rekor2-no-timestamp_fail/";
    BundleSignature candidate = bundle(folder + "bundle.sigstore.json");
    Certificate leaf =
        Certificate.parse(
            ((CertificateChain) candidate.bundle().keyMaterial()).certificates().get(0));
    SignedBlob blob = SignedBlob.of(Vectors.bytes("conformance/a.txt"), List.of(candidate));
    Policy policy =
        anyone(TrustedRoot.parse(Vectors.bytes(folder + "trusted_root.json")))
            .insecurelyJudgingCertificatesAt(leaf.notBefore());

    assertThat(refusal(blob, policy).reason()).isEqualTo(ReasonCode.NO_PROVEN_TIME);
    assertThat(times(blob, policy.insecurelyIgnoringLog())).containsExactly(leaf.notBefore());
  }

  private static SignedBlob stamped() throws MalformedInputException {
    BundleSignature candidate =
        bundle("misc-bundles/github-private-no-tlog/attestation.sigstore.json");
    Bundle.DsseContent content = (Bundle.DsseContent) candidate.bundle().content();
    String hex =
        Statement.parse(content.envelope().payload()).subjects().get(0).digests().get("sha256");
    return SignedBlob.withDigest(Digest.parse("sha256:" + hex), List.of(candidate));
  }

  private static Policy stamping() throws MalformedInputException {
    String lines = Vectors.text("misc-bundles/github-private-no-tlog/trusted_root.jsonl");
    return anyone(TrustedRoot.parse(Bytes.utf8(lines.lines().skip(1).findFirst().orElseThrow())))
        .insecurelyIgnoringLog()
        .insecurelyIgnoringCertificateLog();
  }

  @Test
  void aTimestampComesBeforeThePresent() throws Exception {
    List<Instant> proven = times(stamped(), stamping());

    assertThat(proven).hasSize(1);
    Instant muchLater = proven.get(0).plus(Duration.ofDays(1000));
    assertThat(times(stamped(), stamping().insecurelyJudgingCertificatesAt(muchLater)))
        .isEqualTo(proven);
  }

  @Test
  void tooFewTimestampsAreCountedAndWrongOnesExplained() throws Exception {
    assertThat(refusal(stamped(), stamping().withTimestamps(2)).detail())
        .isEqualTo("timestamp: by 1 authorities, expected 2");

    String folder = "conformance/rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail/";
    SignedBlob blob =
        SignedBlob.of(
            Vectors.bytes("conformance/a.txt"), List.of(bundle(folder + "bundle.sigstore.json")));
    Refusal wrong =
        refusal(blob, anyone(TrustedRoot.parse(Vectors.bytes(folder + "trusted_root.json"))));
    assertThat(wrong.reason()).isEqualTo(ReasonCode.WRONG_TIMESTAMP);
    assertThat(wrong.detail()).doesNotContain("expected");
  }

  /** Who asks for timestamps does not take the log's word for the time. */
  @Test
  void timesOfLogsDoNotCountWhereTimestampsAreAskedFor() throws Exception {
    String folder = "conformance/intoto-with-custom-trust-root/";
    SignedBlob blob =
        SignedBlob.of(
            Vectors.bytes(folder + "artifact"), List.of(bundle(folder + "bundle.sigstore.json")));
    Policy policy = anyone(TrustedRoot.parse(Vectors.bytes(folder + "trusted_root.json")));

    List<Instant> both = times(blob, policy);
    assertThat(both).hasSize(2);
    assertThat(times(blob, policy.withTimestamps(1))).containsExactly(both.get(1));
  }

  @Test
  void aTimestampOfTheOlderFormatCounts() throws Exception {
    Made root = Mint.root("stamps").make();
    Made stamper = root.leaf().without("2.5.29.17").extendedUsage(true, Mint.TIME_STAMPING).make();
    TimestampAuthority authority =
        TimestampAuthority.of(
            "https://tsa.example",
            List.of(stamper.certificate(), root.certificate()),
            ValidityPeriod.ALWAYS);
    Party alice = Party.withKey(KeyType.EC_P256);
    Image image = Image.of("the image");
    Bytes payload = Evidence.payload(image, Map.of());
    Bytes signature = alice.sign(payload);
    Bytes answer = TokenMint.by(stamper, signature).at(Mint.FROM.plusSeconds(60)).answer();
    Policy policy =
        Policy.requiringKey(alice.key())
            .withTrustedRoot(new TrustedRoot(List.of(), List.of(), List.of(), List.of(authority)))
            .insecurelyIgnoringLog()
            .withTimestamps(1);

    SignedImage stamped =
        image.with(
            Evidence.legacy(
                payload,
                signature,
                Map.of(LegacySignature.TIMESTAMP_ANNOTATION, LegacyTimestamp.write(answer))));
    assertThat(Verdicts.accepts(stamped, policy)).isTrue();
    Verdicts.assertRefused(
        image.with(Evidence.legacy(payload, signature, Map.of())),
        policy,
        Outcome.REFUSED,
        ReasonCode.NO_PROVEN_TIME);
  }

  // ---- certificates in between

  private static TrustedRoot withoutIntermediates(TrustedRoot root) {
    List<CertificateAuthority> anchors = new ArrayList<>();
    for (CertificateAuthority authority : root.authorities()) {
      anchors.add(new CertificateAuthority(List.of(authority.anchor()), authority.validFor()));
    }
    return new TrustedRoot(
        root.logs(), anchors, root.certificateLogs(), root.timestampAuthorities());
  }

  @Test
  void intermediatesThatComeAlongCountWhereThePolicySaysSo() throws Exception {
    Policy policy =
        KeylessVectorsTest.philipp()
            .withTrustedRoot(withoutIntermediates(KeylessVectorsTest.publicGood()));

    Verdicts.assertRefused(
        KeylessVectorsTest.image(KeylessVectorsTest.legacy()),
        policy,
        Outcome.REFUSED,
        ReasonCode.WRONG_CERTIFICATE);
    assertThat(times(policy.acceptingIntermediatesOfSignatures())).hasSize(1);

    BundleSignature old = bundle("conformance/happy-path-v0.1/bundle.sigstore.json");
    SignedBlob blob =
        SignedBlob.of(Vectors.bytes("conformance/a.txt"), List.of(withIntermediates(old)));
    Policy anyone = anyone(withoutIntermediates(KeylessVectorsTest.publicGood()));
    assertThat(refusal(blob, anyone).reason()).isEqualTo(ReasonCode.WRONG_CERTIFICATE);
    assertThat(times(blob, anyone.acceptingIntermediatesOfSignatures())).hasSize(1);
    // a bundle with nothing but its leaf brings none
    BundleSignature lean = bundle("conformance/happy-path-v0.3-new-mediaType/bundle.sigstore.json");
    for (BundleSignature one : List.of(lean, old)) {
      SignedBlob bare = SignedBlob.of(Vectors.bytes("conformance/a.txt"), List.of(one));
      assertThat(refusal(bare, anyone.acceptingIntermediatesOfSignatures()).reason())
          .isEqualTo(ReasonCode.WRONG_CERTIFICATE);
    }
  }

  private static BundleSignature withIntermediates(BundleSignature bundle)
      throws MalformedInputException {
    Bundle old = bundle.bundle();
    List<Bytes> chain = new ArrayList<>(((CertificateChain) old.keyMaterial()).certificates());
    for (CertificateAuthority authority : KeylessVectorsTest.publicGood().authorities()) {
      for (Certificate above : authority.chain().subList(0, authority.chain().size() - 1)) {
        chain.add(above.der());
      }
    }
    return new BundleSignature(
        bundle.origin(),
        new Bundle(
            old.mediaType(),
            old.version(),
            new CertificateChain(chain),
            old.logEntries(),
            old.timestamps(),
            old.content()),
        bundle.raw());
  }
}
