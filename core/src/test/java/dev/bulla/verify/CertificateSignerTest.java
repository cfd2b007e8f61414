package dev.bulla.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bundle.Bundle.DsseContent;
import dev.bulla.bundle.Bundle.LogEntry;
import dev.bulla.bytes.Bytes;
import dev.bulla.certificate.Certificate;
import dev.bulla.certificate.FulcioExtension;
import dev.bulla.certificate.Mint;
import dev.bulla.certificate.Mint.Made;
import dev.bulla.der.DerWriter;
import dev.bulla.dsse.Envelope;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.Refusal;
import dev.bulla.error.Refusal.ReasonCode;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.KeyType;
import dev.bulla.tlog.LoggedSignature;
import dev.bulla.tlog.LoggedSignature.Enveloped;
import dev.bulla.tlog.LoggedSignature.LegacyPayload;
import dev.bulla.tlog.TestLog;
import dev.bulla.trust.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whom a certificate names, which of two certificates is meant, and what the log has to have. */
final class CertificateSignerTest {

  private static final String NAME = "https://signer.example/workflow";
  private static final String ISSUER = "https://issuer.example";
  private static final String REPOSITORY = "acme/app";
  private static final Instant NOW = Mint.FROM.plusSeconds(60);
  private static final Made ROOT = Mint.root("authority").make();
  private static final Made SIGNER =
      named(ROOT.leaf())
          .extension(
              FulcioExtension.GITHUB_WORKFLOW_REPOSITORY.oid(),
              false,
              REPOSITORY.getBytes(StandardCharsets.UTF_8))
          .make();
  private static final Image IMAGE = Image.of("the image");
  private static final Bytes PAYLOAD = Evidence.payload(IMAGE, Map.of());

  private static Mint named(Mint leaf) {
    return leaf.extension(
        FulcioExtension.ISSUER.oid(),
        false,
        DerWriter.element(0x0c, ISSUER.getBytes(StandardCharsets.UTF_8)));
  }

  private static Bytes signature(Made signer) {
    return Bytes.of(Mint.sign("SHA256withECDSA", signer.keys(), PAYLOAD.toByteArray()));
  }

  /** A signature by that signer, with that certificate beside it. */
  private static SignedImage signed(Bytes signature, Optional<Certificate> beside) {
    return IMAGE.with(
        Evidence.legacy(
            PAYLOAD,
            signature,
            beside.isPresent()
                ? Map.of(LegacySignature.CERTIFICATE_ANNOTATION, beside.get().toPem())
                : Map.of()));
  }

  private static SignedImage signed(Made signer) {
    return signed(signature(signer), Optional.of(signer.certificate()));
  }

  private static IdentityPolicy me() {
    return IdentityPolicy.exactly(NAME, ISSUER);
  }

  /** Neither log nor timestamp: whom the certificate names is all. */
  private static Policy policy(IdentityPolicy wanted) {
    TrustedRoot root = new TrustedRoot(List.of(), List.of(ROOT.asTrusted()), List.of(), List.of());
    return Policy.requiringIdentity(wanted, root)
        .insecurelyIgnoringLog()
        .insecurelyIgnoringCertificateLog()
        .insecurelyJudgingCertificatesAt(NOW);
  }

  private static Refusal refusal(SignedImage image, Policy policy) {
    return Verdicts.refused(image, policy).refusals().get(0);
  }

  // ---- whom it names

  @Test
  void nameAndIssuerBothHaveToBeThere() {
    assertThat(Verdicts.accepts(signed(SIGNER), policy(me()))).isTrue();

    Made nobodys = ROOT.leaf().make();
    IdentityPolicy anyone = IdentityPolicy.matching(name -> true, issuer -> true);
    assertThat(refusal(signed(nobodys), policy(anyone)).detail())
        .contains("the certificate names no issuer");
    Made nameless = named(ROOT.leaf().without("2.5.29.17")).make();
    assertThat(refusal(signed(nameless), policy(anyone)).detail())
        .contains("the certificate names nobody");
    assertThat(refusal(signed(SIGNER), policy(IdentityPolicy.exactly("another", ISSUER))).detail())
        .contains("it names \"" + NAME + "\"");
  }

  @Test
  void everyExtensionThatIsAskedForHasToBeThere() {
    IdentityPolicy right =
        me().withExtension(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, REPOSITORY);
    assertThat(Verdicts.accepts(signed(SIGNER), policy(right))).isTrue();

    IdentityPolicy missing = me().withExtension(FulcioExtension.GITHUB_WORKFLOW_REF, "main");
    assertThat(refusal(signed(SIGNER), policy(missing)).detail()).contains("is missing");
    // what was asked for first is still asked for
    IdentityPolicy both =
        me().withExtension(FulcioExtension.GITHUB_WORKFLOW_REF, "main")
            .withExtension(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, REPOSITORY);
    assertThat(refusal(signed(SIGNER), policy(both)).reason()).isEqualTo(ReasonCode.WRONG_SIGNER);
    IdentityPolicy other =
        me().withExtension(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, "acme/other");
    assertThat(refusal(signed(SIGNER), policy(other)).detail()).contains(REPOSITORY);
  }

  @Test
  void theIssuerOfBundlesIsNotAskedForInTheOlderFormat() {
    assertThat(Verdicts.accepts(signed(SIGNER), policy(me().withIssuerInBundles(issuer -> false))))
        .isTrue();
  }

  @Test
  void promisesThatNobodyAskedForAreNotRead() {
    Made garbled =
        named(ROOT.leaf()).extension("1.3.6.1.4.1.11129.2.4.2", false, new byte[] {1}).make();

    assertThat(Verdicts.accepts(signed(garbled), policy(me()))).isTrue();
  }

  /** Cosign looks at every name of a certificate in the older format. */
  @Test
  void anyNameWillDoInTheOlderFormat() {
    Made two =
        named(ROOT.leaf()).names(false, Mint.uri("https://other.example"), Mint.uri(NAME)).make();
    Made neither = named(ROOT.leaf()).names(false, Mint.uri("a:1"), Mint.uri("a:2")).make();

    assertThat(Verdicts.accepts(signed(two), policy(me()))).isTrue();
    Policy known = policy(me()).withSignerCertificate(two.certificate());
    assertThat(refusal(IMAGE.with(bundle(two)), known).detail())
        .as("in a bundle the first one counts")
        .endsWith("it names \"https://other.example\"");
    assertThat(refusal(signed(neither), policy(me())).detail()).endsWith("it names \"a:1\"");
  }

  // ---- which certificate

  @Test
  void withoutCertificateThePolicyHasToNameOne() {
    SignedImage bare = signed(signature(SIGNER), Optional.empty());

    assertThat(refusal(bare, policy(me())).detail()).isEqualTo("no certificate found on signature");
    assertThat(
            refusal(IMAGE.with(Evidence.dsse(Party.ofType(KeyType.EC_P256), IMAGE)), policy(me()))
                .detail())
        .isEqualTo("expected certificate, not key signature");
    assertThat(Verdicts.accepts(bare, policy(me()).withSignerCertificate(SIGNER.certificate())))
        .isTrue();
  }

  @Test
  void theCertificateOfThePolicyHasToBeOfTheSameKey() {
    Policy policy = policy(me()).withSignerCertificate(SIGNER.certificate());
    Made other = named(ROOT.leaf()).make();
    Made sameKey = ROOT.leaf().keys(SIGNER.keys()).make();

    assertThat(Verdicts.accepts(signed(SIGNER), policy)).isTrue();
    assertThat(
            Verdicts.accepts(signed(signature(SIGNER), Optional.of(sameKey.certificate())), policy))
        .as("which names nobody, and is not asked")
        .isTrue();
    Refusal refusal = refusal(signed(signature(SIGNER), Optional.of(other.certificate())), policy);
    assertThat(refusal.reason()).isEqualTo(ReasonCode.WRONG_SIGNER);
    assertThat(refusal.detail()).contains("a certificate of another key");
    assertThat(refusal(signed(other), policy).reason()).isEqualTo(ReasonCode.WRONG_SIGNER);
  }

  /** Nothing came along that could stand between the signer and an authority, which is no fault. */
  @Test
  void intermediatesThatMayComeAlongNeedNot() {
    Policy policy =
        policy(me())
            .withSignerCertificate(SIGNER.certificate())
            .acceptingIntermediatesOfSignatures();

    assertThat(Verdicts.accepts(signed(SIGNER), policy)).isTrue();
    assertThat(Verdicts.accepts(signed(signature(SIGNER), Optional.empty()), policy)).isTrue();
    assertThat(Verdicts.accepts(IMAGE.with(bundle(SIGNER)), policy)).isTrue();
  }

  /** Without certificate: only the hint of a key, which says nothing. */
  private static BundleSignature bundle(Made signer) {
    Bytes statement = Evidence.statement(IMAGE, Map.of());
    Bytes signed = new Envelope(Envelope.IN_TOTO, statement, List.of()).signedBytes();
    Bytes signature = Bytes.of(Mint.sign("SHA256withECDSA", signer.keys(), signed.toByteArray()));
    return Evidence.dsse("hint", statement, signature, "");
  }

  // ---- what the log has

  /** Nobody says whether whoever logged a bundle without certificate had the certificate. */
  @Test
  void theLogOfABundleWithoutCertificateHasTheCertificateOrTheKey() {
    TestLog log = TestLog.v1("rekor.example.com");
    Made root = Mint.root("authority").valid(TestLog.TIME, TestLog.TIME).make();
    Made signer = named(root.leaf()).valid(TestLog.TIME, TestLog.TIME).make();
    Made stranger = named(root.leaf()).valid(TestLog.TIME, TestLog.TIME).make();
    BundleSignature bare = bundle(signer);
    Envelope envelope = ((DsseContent) bare.bundle().content()).envelope();
    Policy policy =
        Policy.requiringIdentity(
                me(),
                new TrustedRoot(
                    List.of(log.trusted()), List.of(root.asTrusted()), List.of(), List.of()))
            .insecurelyIgnoringCertificateLog()
            .withSignerCertificate(signer.certificate());
    for (Optional<Certificate> logged :
        List.of(
            Optional.<Certificate>empty(),
            Optional.of(signer.certificate()),
            Optional.of(stranger.certificate()))) {
      LogEntry entry =
          log.enter(
              new LoggedSignature(
                  envelope.signatures().get(0).sig(),
                  signer.certificate().publicKey(),
                  logged.map(Certificate::der),
                  new Enveloped(envelope.payload(), envelope.signedBytes())));
      assertThat(Verdicts.accepts(IMAGE.with(Logged.with(bare, entry)), policy))
          .as("%s", logged)
          .isEqualTo(!logged.equals(Optional.of(stranger.certificate())));
    }
  }

  @Test
  void theLogHasWhatCameAlong() {
    TestLog log = TestLog.v1("rekor.example.com");
    TrustedRoot root =
        new TrustedRoot(
            List.of(log.trusted(Instant.EPOCH, Optional.empty())),
            List.of(ROOT.asTrusted()),
            List.of(),
            List.of());
    Bytes signature = signature(SIGNER);
    Policy known = Policy.requiringIdentity(me(), root).withSignerCertificate(SIGNER.certificate());
    for (boolean carried : new boolean[] {true, false}) {
      for (boolean byKey : new boolean[] {true, false}) {
        LoggedSignature claim =
            new LoggedSignature(
                signature,
                SIGNER.certificate().publicKey(),
                byKey ? Optional.empty() : Optional.of(SIGNER.certificate().der()),
                new LegacyPayload(PAYLOAD));
        LegacySignature logged =
            (LegacySignature)
                Logged.with(Evidence.legacy(PAYLOAD, signature, Map.of()), log.enter(claim));
        Map<String, String> annotations = new HashMap<>(logged.annotations());
        if (carried) {
          annotations.put(LegacySignature.CERTIFICATE_ANNOTATION, SIGNER.certificate().toPem());
        }
        Refusal refusal =
            refusal(IMAGE.with(Evidence.legacy(PAYLOAD, signature, annotations)), known);
        // the entry counts, and then its time does not: certificates of the mint lived on one day
        assertThat(refusal.reason())
            .as("carried %s, by key %s", carried, byKey)
            .isEqualTo(carried && byKey ? ReasonCode.WRONG_LOG_ENTRY : ReasonCode.WRONG_TIME);
      }
    }
  }

  /** What cannot be had for the certificate takes nothing from what the log has for the key. */
  @Test
  void aLogThatCannotSayOneThingIsAskedForTheOther() {
    TestLog log = TestLog.v1("rekor.example.com");
    Made root = Mint.root("authority").valid(TestLog.TIME, TestLog.TIME).make();
    Made signer = named(root.leaf()).valid(TestLog.TIME, TestLog.TIME).make();
    Policy known =
        Policy.requiringIdentity(
                me(),
                new TrustedRoot(
                    List.of(log.trusted()), List.of(root.asTrusted()), List.of(), List.of()))
            .insecurelyIgnoringCertificateLog()
            .withSignerCertificate(signer.certificate());
    SignedImage found = IMAGE.with(Evidence.legacy(PAYLOAD, signature(signer), Map.of()));

    assertThat(Verdicts.accepts(found, known.withLogLookup(claim -> unless(claim, log)))).isTrue();
    assertThat(refusal(found, known.withLogLookup(claim -> unless(claim, null))).reason())
        .isEqualTo(ReasonCode.UNDECIDED);
  }

  private static List<LogEntry> unless(LoggedSignature claim, @Nullable TestLog log)
      throws BullaException {
    if (claim.certificate().isPresent()) {
      throw new ConfigurationException("an entry that nobody can read");
    }
    return log == null ? List.of() : List.of(log.enter(claim));
  }
}
