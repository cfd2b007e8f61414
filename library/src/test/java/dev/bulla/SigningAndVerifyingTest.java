package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.intoto.Statement;
import dev.bulla.key.KeyType;
import dev.bulla.key.PrivateKey;
import dev.bulla.key.Signer;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Reference;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.verify.Policy;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SigningAndVerifyingTest {

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** How a registry treats referrers. */
  enum Referrers {
    LISTED,
    LISTED_WITHOUT_SAYING_SO,
    NOT_FOUND,
    METHOD_UNKNOWN,
    BAD_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_IMPLEMENTED;

    void of(Faults faults) {
      switch (this) {
        case LISTED -> {}
        case LISTED_WITHOUT_SAYING_SO -> faults.noSubjectHeader();
        default -> faults.noReferrersApi(Faults.NoReferrers.valueOf(name()));
      }
    }
  }

  static Stream<Arguments> registriesAndFormats() {
    List<Arguments> all = new ArrayList<>();
    for (Referrers referrers : Referrers.values()) {
      for (SignRequest.Format format : SignRequest.Format.values()) {
        all.add(Arguments.of(referrers, EnumSet.of(format)));
      }
      all.add(Arguments.of(referrers, Bench.BOTH));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("registriesAndFormats")
  void whatOneSignsVerifiesWithItsKeyAndNoOther(
      Referrers referrers, EnumSet<SignRequest.Format> formats) throws Exception {
    referrers.of(bench.registry.faults());
    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));

    bench.sign(SignRequest.of(Bench.ALICE).withFormats(formats));

    Verified<VerifiedImage> verified = bench.verify(Bench.ALICE);
    assertThat(verified.value().image()).isEqualTo(bench.image);
    assertThat(verified.value().signatures()).hasSize(formats.size());
    assertThat(verified.value().refusals()).isEmpty();
    assertThat(verified.relaxations()).containsExactly("transparency log not checked");
    assertThatThrownBy(() -> bench.verify(Bench.BOB))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(e.refusals()).hasSize(formats.size());
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyType.class,
      names = {"EC_P256", "EC_P384", "EC_P521", "RSA_2048", "ED25519"})
  void everyTypeOfKeySignsInBothFormats(KeyType type) throws Exception {
    try (PrivateKey key = PrivateKey.generate(type, new SecureRandom());
        Signer signer = key.toSigner()) {
      bench.sign(SignRequest.of(signer).withFormats(Bench.BOTH));

      assertThat(Bench.formats(bench.verify(signer))).containsExactlyInAnyOrder("legacy", "bundle");
    }
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void withoutALogEntryItCountsOnlyWhereTheLogIsIgnored(SignRequest.Format format)
      throws Exception {
    bench.sign(Bench.request(Bench.ALICE, format));

    assertThatThrownBy(
            () -> bench.bulla.verify(bench.image, Policy.requiringKey(Bench.ALICE.publicKey())))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(e.message()).contains("signature not found in transparency log");
              assertThat(e.hint().orElseThrow()).contains("--insecure-ignore-tlog");
            });
  }

  @Test
  void twoSignersBothCount() throws Exception {
    for (SignRequest.Format format : SignRequest.Format.values()) {
      bench.sign(Bench.request(Bench.ALICE, format));
      bench.sign(Bench.request(Bench.BOB, format));
    }

    for (Signer signer : List.of(Bench.ALICE, Bench.BOB)) {
      Verified<VerifiedImage> verified = bench.verify(signer);
      assertThat(Bench.formats(verified)).containsExactlyInAnyOrder("legacy", "bundle");
      assertThat(verified.value().refusals()).hasSize(2);
      assertThat(verified.value().signatures())
          .allMatch(signature -> signature.signer().equals(signer.publicKey()));
    }
  }

  @Test
  void anEqualLegacySignatureOfTheSameSignerIsNotAddedAgain() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    List<String> first = bench.storedSignatures();
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.legacy(Bench.BOB));
    bench.sign(Bench.legacy(Bench.BOB));

    assertThat(bench.storedSignatures()).hasSize(2).startsWith(first.get(0));
  }

  @Test
  void otherAnnotationsMakeAnotherSignature() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod")));
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "prod")));
    bench.sign(Bench.legacy(Bench.ALICE).withAnnotations(Map.of("env", "dev")));

    assertThat(bench.storedSignatures()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void annotationsHaveToBeAmongWhatWasSigned(SignRequest.Format format) throws Exception {
    SignRequest request = Bench.request(Bench.ALICE, format);
    bench.sign(request);
    Policy wanting = Bench.policy(Bench.ALICE).withAnnotations(Map.of("env", "prod"));
    assertRefused(wanting, "missing or incorrect annotation");

    bench.sign(request.withAnnotations(Map.of("env", "prod", "team", "a")));

    Verified<VerifiedImage> verified = bench.bulla.verify(bench.image, wanting);
    assertThat(verified.value().signatures()).hasSize(1);
    assertThat(verified.value().refusals()).hasSize(1);
    assertRefused(
        wanting.withAnnotations(Map.of("env", "prod", "more", "x")),
        "missing or incorrect annotation");
  }

  private void assertRefused(Policy policy, String reason) {
    assertThatThrownBy(() -> bench.bulla.verify(bench.image, policy))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(e.message()).contains(reason);
            });
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void theImageStaysAsItIs(SignRequest.Format format) throws Exception {
    Bytes manifest = bench.app.manifest("v1").orElseThrow().content();

    bench.sign(Bench.request(Bench.ALICE, format));
    bench.sign(Bench.request(Bench.BOB, format).withAnnotations(Map.of("a", "b")));

    assertThat(bench.app.manifest("v1").orElseThrow().content()).isEqualTo(manifest);
    assertThat(bench.app.manifest("v1").orElseThrow().digest()).isEqualTo(Bench.IMAGE.digest());
    assertThat(bench.app.tags()).contains("v1");
    for (Digest blob : Bench.IMAGE.blobs().keySet()) {
      assertThat(bench.app.blob(blob)).contains(Bench.IMAGE.blobs().get(blob));
    }
    assertThat(bench.registry.log().requests("PUT", ".*/manifests/v1")).isEmpty();
    assertThat(bench.registry.log().requests("DELETE", ".*")).isEmpty();
  }

  @Test
  void aTagIsSignedAndVerifiedAsTheDigestItNames() throws Exception {
    for (SigningTarget target : bench.bulla.targets(bench.tag, false)) {
      SignRequest request = SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH);
      SignedManifest signed = bench.bulla.sign(target, request, Progress.SILENT);
      bench.bulla.store(signed, request, Progress.SILENT);
      assertThat(signed.image().digest()).isEqualTo(Bench.IMAGE.digest());
    }

    Verified<VerifiedImage> verified = bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE));

    assertThat(verified.value().image().digest()).isEqualTo(Bench.IMAGE.digest());
    assertThat(verified.value().image().tagOrDigest()).isEqualTo(Bench.IMAGE.digest().toString());
  }

  @Test
  void whatDoesNotExistIsNotUnsigned() throws Exception {
    Digest missing = Digest.sha256(Bytes.utf8("missing"));
    for (Reference reference :
        List.of(
            bench.reference("app:nope"),
            bench.reference("nope:v1"),
            bench.reference("app@" + missing),
            bench.reference("nope@" + missing))) {
      assertThatThrownBy(() -> bench.bulla.verify(reference, Bench.policy(Bench.ALICE)))
          .as(reference.toString())
          .isInstanceOfSatisfying(
              RegistryException.class,
              e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.NOT_FOUND));
    }
  }

  @Test
  void signingWhatDoesNotExistWritesNothing() throws Exception {
    Digest missing = Digest.sha256(Bytes.utf8("missing"));
    SignRequest request = Bench.bundle(Bench.ALICE);
    assertThatThrownBy(() -> Bench.sign(bench.bulla, bench.reference("app:nope"), request, false))
        .isInstanceOf(RegistryException.class);
    assertThatThrownBy(
            () -> Bench.sign(bench.bulla, bench.reference("app@" + missing), request, false))
        .isInstanceOf(RegistryException.class);

    assertThat(bench.registry.log().requests("PUT", ".*")).isEmpty();
    assertThat(bench.registry.log().requests("POST", ".*")).isEmpty();
  }

  // ---- indexes

  private static final SampleImage AMD = SampleImage.image("linux", "amd64", "two");
  private static final SampleImage ARM = SampleImage.image("linux", "arm64", "two");
  private static final SampleImage INDEX = SampleImage.index(AMD, ARM);
  private static final SampleImage NESTED = SampleImage.index(INDEX, AMD, SampleImage.image("x"));

  private List<Digest> targets(SampleImage image, boolean recursive) throws BullaException {
    image.pushTo(bench.app, "index");
    return bench.bulla.targets(bench.reference("app:index"), recursive).stream()
        .map(target -> target.image().digest())
        .toList();
  }

  @Test
  void anIndexIsOneThingToSignUnlessRecursive() throws Exception {
    assertThat(targets(INDEX, false)).containsExactly(INDEX.digest());
    assertThat(targets(INDEX, true)).containsExactly(INDEX.digest(), AMD.digest(), ARM.digest());
    assertThat(targets(NESTED, true))
        .containsExactly(
            NESTED.digest(),
            INDEX.digest(),
            AMD.digest(),
            ARM.digest(),
            SampleImage.image("x").digest());
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void everythingInANestedIndexIsSigned(SignRequest.Format format) throws Exception {
    NESTED.pushTo(bench.app, "index");

    Bench.sign(bench.bulla, bench.reference("app:index"), Bench.request(Bench.ALICE, format), true);

    for (SampleImage image : List.of(NESTED, INDEX, AMD, ARM, SampleImage.image("x"))) {
      assertThat(
              bench
                  .bulla
                  .verify(bench.repository("app").at(image.digest()), Bench.policy(Bench.ALICE))
                  .value()
                  .signatures())
          .hasSize(1);
    }
    assertThatThrownBy(() -> bench.verify(Bench.ALICE)).isInstanceOf(VerificationException.class);
  }

  @Test
  void theSignatureOfAnIndexIsNoneOfItsImages() throws Exception {
    INDEX.pushTo(bench.app, "index");
    Bench.sign(
        bench.bulla,
        bench.reference("app:index"),
        SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH),
        false);

    assertThat(
            bench
                .bulla
                .verify(bench.reference("app:index"), Bench.policy(Bench.ALICE))
                .value()
                .image()
                .digest())
        .isEqualTo(INDEX.digest());
    assertThatThrownBy(() ->
            bench.bulla.verify(bench.repository("app").at(AMD.digest()), Bench.policy(Bench.ALICE)))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }

  @Test
  void indexesAreFollowedToALimitedDepth() throws Exception {
    SampleImage image = SampleImage.image("deep");
    for (int level = 0; level < 9; level++) {
      image = SampleImage.index(image);
    }
    assertThat(targets(image, true)).hasSize(10);

    SampleImage deeper = SampleImage.index(image);
    assertThatThrownBy(() -> targets(deeper, true))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("nested deeper than 8 levels");
  }

  @Test
  void indexesAreFollowedToALimitedNumberOfEntries() throws Exception {
    SampleImage[] images = new SampleImage[999];
    for (int i = 0; i < images.length; i++) {
      images[i] = SampleImage.artifact("a/b", "a/b", Bytes.utf8("image " + i));
    }
    assertThat(targets(SampleImage.index(images), true)).hasSize(1000);

    SampleImage one = SampleImage.index(SampleImage.artifact("a/b", "a/b", Bytes.utf8("more")));
    SampleImage[] more = java.util.Arrays.copyOf(images, 1000);
    more[999] = one;
    assertThatThrownBy(() -> targets(SampleImage.index(more), true))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("more than 1000 entries");
  }

  @Test
  void anIndexThatListsItselfCannotBe() throws Exception {
    // a registry can claim it: the digest is checked, so the circle does not close
    INDEX.pushTo(bench.app, "index");
    bench.app.corrupt(INDEX.digest(), NESTED.manifest());

    assertThatThrownBy(() -> bench.bulla.targets(bench.repository("app").at(INDEX.digest()), true))
        .isInstanceOf(RegistryException.class);
  }

  // ---- other kinds of artifacts

  static Stream<SampleImage> artifacts() {
    return Stream.of(
        SampleImage.artifact(
            "application/vnd.cncf.helm.config.v1+json",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            Bytes.utf8("chart")),
        SampleImage.dockerImage("docker"),
        NESTED);
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void anythingWithAManifestCanBeSigned(SampleImage artifact) throws Exception {
    artifact.pushTo(bench.registry.repository("things"), "v1");
    Reference reference = bench.reference("things:v1");

    Bench.sign(bench.bulla, reference, SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH), false);

    assertThat(bench.bulla.verify(reference, Bench.policy(Bench.ALICE)).value().signatures())
        .hasSize(2);
  }

  // ---- where it is kept

  @ParameterizedTest
  @MethodSource("registriesAndFormats")
  void evidenceMayBeKeptInAnotherRepository(
      Referrers referrers, EnumSet<SignRequest.Format> formats) throws Exception {
    referrers.of(bench.registry.faults());
    Bulla elsewhere =
        bench.bulla(Optional.of(bench.repository("team/sigs")), "", SignatureObject.Flavour.OCI);

    Bench.sign(elsewhere, bench.image, SignRequest.of(Bench.ALICE).withFormats(formats), false);

    assertThat(bench.app.tags()).containsExactly("v1");
    assertThat(bench.app.referrers(Bench.IMAGE.digest())).isEmpty();
    assertThat(elsewhere.verify(bench.image, Bench.policy(Bench.ALICE)).value().signatures())
        .hasSize(formats.size());
    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }

  @Test
  void aPrefixSeparatesLegacySignatures() throws Exception {
    Bulla stable = bench.bulla(Optional.empty(), "stable-", SignatureObject.Flavour.OCI);

    Bench.sign(stable, bench.image, Bench.legacy(Bench.ALICE), false);

    assertThat(bench.app.tags()).contains("stable-" + Bench.tagName(".sig"), "v1");
    assertThat(Bench.formats(stable.verify(bench.image, Bench.policy(Bench.ALICE))))
        .containsExactly("legacy");
    assertThatThrownBy(() -> bench.verify(Bench.ALICE)).isInstanceOf(VerificationException.class);
  }

  @Test
  void dockersMediaTypesAreWrittenWhereTheyAreAskedFor() throws Exception {
    Bulla docker = bench.bulla(Optional.empty(), "", SignatureObject.Flavour.DOCKER);

    Bench.sign(docker, bench.image, Bench.legacy(Bench.ALICE), false);

    assertThat(bench.app.manifest(Bench.tagName(".sig")).orElseThrow().mediaType())
        .isEqualTo(MediaType.DOCKER_MANIFEST.value());
    assertThat(Bench.formats(bench.verify(Bench.ALICE))).containsExactly("legacy");
  }

  // ---- what is signed

  @Test
  void anyPayloadCanBeSignedAndCountsOnlyIfItClaimsTheImage() throws Exception {
    SignRequest other =
        new SignRequest(
            Bench.ALICE,
            EnumSet.of(SignRequest.Format.LEGACY),
            Map.of(),
            Optional.of(
                dev.bulla.payload.SimpleSigningPayload.of(
                        "x", Digest.sha256(Bytes.utf8("other")), Map.of())
                    .toBytes()),
            List.of(),
            false,
            SigningServices.NONE);
    bench.sign(other);
    assertRefused(Bench.policy(Bench.ALICE), "invalid or missing digest in claim: sha256:");

    assertThat(
            bench
                .bulla
                .verify(bench.image, Bench.policy(Bench.ALICE).insecurelyIgnoringClaims())
                .relaxations())
        .containsExactly("transparency log not checked", "claims not checked");
  }

  @Test
  void oneSignaturePerClaimedIdentity() throws Exception {
    SignRequest request =
        new SignRequest(
            Bench.ALICE,
            EnumSet.of(SignRequest.Format.LEGACY),
            Map.of(),
            Optional.empty(),
            List.of("registry.example.com/app", "mirror.example.com/app"),
            false,
            SigningServices.NONE);

    bench.sign(request);

    assertThat(bench.verify(Bench.ALICE).value().signatures())
        .map(s -> ((VerifiedSignature.Legacy) s).payload().orElseThrow().dockerReference())
        .containsExactly("registry.example.com/app", "mirror.example.com/app");
  }

  @Test
  void theTimeIsRecordedInLegacyObjectsOnlyWhenAsked() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    assertThat(configOf(Bench.tagName(".sig"))).contains("\"created\":\"0001-01-01T00:00:00Z\"");
    bench.sign(
        new SignRequest(
            Bench.BOB,
            EnumSet.of(SignRequest.Format.LEGACY),
            Map.of(),
            Optional.empty(),
            List.of(),
            true,
            SigningServices.NONE));

    assertThat(configOf(Bench.tagName(".sig"))).contains("\"created\":\"2026-11-21T10:00:00Z\"");
  }

  private String configOf(String tag) throws MalformedInputException {
    Digest config =
        dev.bulla.oci.Manifest.parse(bench.app.manifest(tag).orElseThrow().content())
            .config()
            .digest();
    return bench.app.blob(config).orElseThrow().toUtf8String("config");
  }

  // ---- statements

  @Test
  void anAttestationIsNoSignatureUnlessAnyPredicateDoes() throws Exception {
    bench.bulla.attach().bundle(bench.image, Attestations.of(Bench.ALICE, Bench.IMAGE.digest()));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE);
              assertThat(e.hint().orElseThrow())
                  .contains(Attestations.PREDICATE)
                  .contains("verify-attestation");
            });
    assertThat(
            bench
                .bulla
                .verify(bench.image, Bench.policy(Bench.ALICE).acceptingAnyPredicate())
                .value()
                .signatures())
        .singleElement()
        .isInstanceOfSatisfying(
            VerifiedSignature.Attested.class,
            s -> assertThat(s.statement().predicateType()).isEqualTo(Attestations.PREDICATE));
  }

  @Test
  void aBundleSaysWhatCosignSays() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("env", "prod")));

    VerifiedSignature.Attested signature =
        (VerifiedSignature.Attested) bench.verify(Bench.ALICE).value().signatures().get(0);

    assertThat(signature.signedBytes().toUtf8String("statement"))
        .isEqualTo(
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
                + Bench.IMAGE.digest().hex()
                + "\"},\"annotations\":{\"env\":\"prod\"}}],\"predicateType\":\""
                + Statement.COSIGN_SIGN
                + "\",\"predicate\":{}}");
  }
}
