package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.bundle.Bundle;
import dev.bulla.bundle.BundleJson;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ErrorCode;
import dev.bulla.error.RegistryException;
import dev.bulla.error.VerificationException;
import dev.bulla.error.VerificationException.Outcome;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.evidence.SignatureObject;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.Manifest;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.verify.Verified;
import dev.bulla.verify.VerifiedImage;
import dev.bulla.verify.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registries that change their mind, mix things up, or serve what belongs to another image. */
class HostileRegistryTest {

  private static final SampleImage OTHER = SampleImage.image("other");

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
    OTHER.pushTo(bench.app);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  // ---- resolve once

  /** After each request about the tag it names the other image. */
  private void moveTheTagWheneverItIsAsked() {
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/v1"))
        .does(
            Effects.changed(response -> {
              boolean first =
                  bench.app.manifest("v1").orElseThrow().digest().equals(Bench.IMAGE.digest());
              bench.app.tag("v1", first ? OTHER.digest() : Bench.IMAGE.digest());
              return response;
            }));
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void whatWasVerifiedIsWhatIsReturned(SignRequest.Format format) throws Exception {
    bench.sign(Bench.request(Bench.ALICE, format));
    moveTheTagWheneverItIsAsked();

    Verified<VerifiedImage> verified = bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE));

    assertThat(verified.value().image().digest()).isEqualTo(Bench.IMAGE.digest());
    assertThat(bench.registry.log().requests("HEAD", ".*/v1")).hasSize(1);
    assertThat(bench.registry.log().requests("GET", ".*/v1")).isEmpty();

    // now the tag names the other one, which nobody signed
    assertThatThrownBy(() -> bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE)))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
  }

  @Test
  void aTagThatMovesDuringTheLookIsJudgedAsItWas() throws Exception {
    bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
    bench.app.tag("v1", OTHER.digest());
    moveTheTagWheneverItIsAsked();

    assertThatThrownBy(() -> bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE)))
        .isInstanceOf(VerificationException.class);
  }

  @ParameterizedTest
  @EnumSource(SignRequest.Format.class)
  void whatWasResolvedIsWhatIsSigned(SignRequest.Format format) throws Exception {
    moveTheTagWheneverItIsAsked();

    Bench.sign(bench.bulla, bench.tag, Bench.request(Bench.ALICE, format), false);

    assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(1);
    assertThatThrownBy(() ->
            bench.bulla.verify(
                bench.repository("app").at(OTHER.digest()), Bench.policy(Bench.ALICE)))
        .isInstanceOf(VerificationException.class);
  }

  @Test
  void theRegistryNamesADigestThatItDoesNotHave() {
    Digest missing = Digest.sha256(Bytes.utf8("missing"));
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("HEAD").path(".*/v1"))
        .does(Effects.header("Docker-Content-Digest", missing.toString()));

    assertThatThrownBy(() -> bench.bulla.verify(bench.tag, Bench.policy(Bench.ALICE)))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY);
              assertThat(e.message()).contains(missing.toString(), "which is not there");
            });
  }

  // ---- two faces

  @Test
  void onlyOneOfTwoAnswersIsLookedAt() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    Bytes good = bench.app.manifest(Bench.tagName(".sig")).orElseThrow().content();
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.OCI);
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*[.]sig"))
        .does(
            Effects.changed(response -> {
              boolean isGood =
                  bench.app.manifest(Bench.tagName(".sig")).orElseThrow().content().equals(good);
              bench.app.putManifest(
                  MediaType.OCI_MANIFEST.value(),
                  isGood ? empty.manifest().toJson() : good,
                  Bench.tagName(".sig"));
              return response;
            }));

    for (int i = 0; i < 3; i++) {
      assertThat(bench.verify(Bench.ALICE).value().signatures()).hasSize(1);
      assertThatThrownBy(() -> bench.verify(Bench.ALICE))
          .isInstanceOfSatisfying(
              VerificationException.class,
              e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_SIGNATURE));
    }
  }

  @Test
  void everyOtherAnswerIsWrong() throws Exception {
    bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
    bench
        .registry
        .faults()
        .on(RequestMatch.any().method("GET"))
        .does(Effects.alternating(Effects.flippedBit(), Effects.pass()));

    for (int i = 0; i < 6; i++) {
      try {
        for (VerifiedSignature signature : bench.verify(Bench.ALICE).value().signatures()) {
          assertThat(signature.signedBytes().toUtf8String("signed"))
              .contains(Bench.IMAGE.digest().hex());
        }
      } catch (BullaException e) {
        assertThat(e.code()).isNotEqualTo(ErrorCode.NO_SIGNATURE);
      }
    }
  }

  // ---- evidence of another image

  @Test
  void aSignatureObjectOfAnotherImageDoesNotCount() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.app.tag(
        Bench.tagName(OTHER.digest(), ".sig"),
        bench.app.manifest(Bench.tagName(".sig")).orElseThrow().digest());

    assertRefusedForOther("invalid or missing digest in claim: " + Bench.IMAGE.digest());
  }

  @Test
  void aBundleOfAnotherImageDoesNotCount() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    Bytes bundle = bench.bulla.download().signatures(bench.image).bundles().get(0).raw();
    bench.bulla.attach().bundle(bench.repository("app").at(OTHER.digest()), bundle);

    assertRefusedForOther("provided artifact digests do not match digests in statement");
  }

  @Test
  void aListOfReferrersOfAnotherImageDoesNotCount() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    bench
        .registry
        .faults()
        .on(RequestMatch.referrers())
        .does(Effects.body(listOf(bench.app.referrers(Bench.IMAGE.digest()))));

    assertRefusedForOther("provided artifact digests do not match digests in statement");
  }

  private Bytes listOf(List<Digest> manifests) {
    List<Descriptor> entries = new ArrayList<>();
    for (Digest digest : manifests) {
      entries.add(
          new Descriptor(
              MediaType.OCI_MANIFEST,
              bench.app.manifest(digest).orElseThrow().content().size(),
              digest));
    }
    return new ImageIndex(entries).toJson();
  }

  private void assertRefusedForOther(String reason) {
    assertThatThrownBy(() ->
            bench.bulla.verify(
                bench.repository("app").at(OTHER.digest()), Bench.policy(Bench.ALICE)))
        .isInstanceOfSatisfying(
            VerificationException.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.REFUSED);
              assertThat(e.message()).contains(reason);
            });
  }

  @Test
  void aSignatureOverThePayloadOfAnotherDoesNotCount() throws Exception {
    Bytes ours = bench.bulla.payload(bench.image, Map.of());
    Bytes theirs = bench.bulla.payload(bench.repository("app").at(OTHER.digest()), Map.of());
    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.of(ours),
            Map.of(
                LegacySignature.SIGNATURE_ANNOTATION, Base64Text.encode(Bench.ALICE.sign(theirs))));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED));
  }

  /** The layer names the digest of the payload that we would expect, and lies about its size. */
  @Test
  void anExpectedPayloadIsTheOneWeMadeOurselves() throws Exception {
    Bytes payload = bench.bulla.payload(bench.image, Map.of());
    bench.putSignatureObject(
        Bench.tagName(".sig"),
        MediaType.OCI_MANIFEST.value(),
        payload,
        Map.of(LegacySignature.SIGNATURE_ANNOTATION, Base64Text.encode(Bench.ALICE.sign(payload))));
    bench.app.corrupt(Digest.sha256(payload), Bytes.utf8("anything"));

    assertThat(bench.verify(Bench.ALICE).value().signatures().get(0).signedBytes())
        .isEqualTo(payload);
    assertThat(bench.registry.log().requests("GET", ".*/blobs/.*")).isEmpty();
  }

  // ---- signatures over the manifest itself

  private Bytes messageBundle(Bytes message) throws BullaException {
    return BundleJson.write(
        Bundle.signedWithKey(
            Bench.ALICE.publicKey().hint(),
            new Bundle.MessageSignature(
                Optional.of(
                    new Bundle.MessageDigest(
                        dev.bulla.digest.HashAlgorithm.SHA256, Digest.sha256(message).bytes())),
                Bench.ALICE.sign(message))));
  }

  @Test
  void aSignatureOverTheManifestCounts() throws Exception {
    bench.bulla.attach().bundle(bench.image, messageBundle(Bench.IMAGE.manifest()));

    assertThat(bench.verify(Bench.ALICE).value().signatures())
        .singleElement()
        .isInstanceOf(VerifiedSignature.Message.class);
  }

  @Test
  void aSignatureOverAnotherManifestDoesNot() throws Exception {
    bench.bulla.attach().bundle(bench.image, messageBundle(OTHER.manifest()));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.REFUSED));
  }

  @Test
  void aManifestThatIsNotTheOneOfTheDigestIsNotVerified() throws Exception {
    bench.bulla.attach().bundle(bench.image, messageBundle(OTHER.manifest()));
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().path(".*/" + Bench.IMAGE.digest()))
        .does(Effects.body(OTHER.manifest()));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            BullaException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.REGISTRY, ErrorCode.UNDECIDED));
  }

  // ---- what is beside it

  @Test
  void oneUnreadableSignatureLeavesTheQuestionOpenUnlessAnotherSuffices() throws Exception {
    bench.sign(Bench.legacy(Bench.BOB));
    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.of(Bytes.utf8("gone")),
            Map.of(LegacySignature.SIGNATURE_ANNOTATION, "AAAA"));
    bench.app.deleteBlob(Digest.sha256(Bytes.utf8("gone")));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNDECIDED));
    Verified<VerifiedImage> verified = bench.verify(Bench.BOB);
    assertThat(verified.value().refusals()).hasSize(1);
  }

  @Test
  void oneMalformedSignatureIsNamedUnlessAnotherSuffices() throws Exception {
    bench.sign(Bench.legacy(Bench.BOB));
    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.empty(),
            Map.of(LegacySignature.SIGNATURE_ANNOTATION, "not base64!"));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            VerificationException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.MALFORMED));
    assertThat(bench.verify(Bench.BOB).value().refusals()).hasSize(1);
  }

  @Test
  void manyWorthlessSignaturesDoNotHideTheGoodOne() throws Exception {
    Bytes payload = bench.bulla.payload(bench.image, Map.of());
    bench.app.putBlob(payload);
    SignatureObject empty = SignatureObject.empty(SignatureObject.Flavour.OCI);
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < 999; i++) {
      layers.add(
          SignatureObject.layer(
              payload,
              Map.of(
                  LegacySignature.SIGNATURE_ANNOTATION,
                  Base64Text.encode(Bytes.utf8("signature " + i)))));
    }
    layers.add(
        SignatureObject.layer(
            payload,
            Map.of(
                LegacySignature.SIGNATURE_ANNOTATION,
                Base64Text.encode(Bench.ALICE.sign(payload)))));
    bench.app.putManifest(
        MediaType.OCI_MANIFEST.value(),
        new Manifest(MediaType.OCI_MANIFEST, empty.manifest().config(), layers).toJson(),
        Bench.tagName(".sig"));

    Verified<VerifiedImage> verified = bench.verify(Bench.ALICE);

    assertThat(verified.value().signatures()).hasSize(1);
    assertThat(verified.value().refusals()).hasSize(999);
  }

  @Test
  void foreignTextInAMessageCannotSpeakForUs() throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests())
        .does(Effects.status(403, "DENIED", "\u001b[32mVerified OK\u001b[0m\r\n\u202eError: none"));

    assertThatThrownBy(() -> bench.verify(Bench.ALICE))
        .isInstanceOfSatisfying(
            BullaException.class,
            e ->
                assertThat(e.message())
                    .doesNotContain("\u001b")
                    .doesNotContain("\r")
                    .doesNotContain("\u202e"));
  }
}
