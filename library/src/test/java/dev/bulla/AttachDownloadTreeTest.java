package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.ArtifactTree.Branch;
import dev.bulla.ArtifactTree.Kind;
import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.RegistryException;
import dev.bulla.evidence.BundleSignature;
import dev.bulla.evidence.LegacySignature;
import dev.bulla.key.Signer;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.payload.SimpleSigningPayload;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestLog;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttachDownloadTreeTest {

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  // ---- generate, attach

  @Test
  void thePayloadThatIsGeneratedIsTheOneThatIsVerified() throws Exception {
    Bytes payload = bench.bulla.payload(bench.tag, Map.of("foo", "bar"));
    SimpleSigningPayload parsed = SimpleSigningPayload.parse(payload);
    assertThat(parsed.claims(Bench.IMAGE.digest())).isTrue();
    assertThat(parsed.hasAnnotations(Map.of("foo", "bar"))).isTrue();
    assertThat(parsed.dockerReference()).isEqualTo(bench.image.repository().toString());

    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.of(payload),
            Map.of(
                LegacySignature.SIGNATURE_ANNOTATION,
                Base64Text.encode(Bench.ALICE.sign(payload))));

    assertThat(
            bench
                .bulla
                .verify(
                    bench.image, Bench.policy(Bench.ALICE).withAnnotations(Map.of("foo", "bar")))
                .value()
                .signatures())
        .hasSize(1);
  }

  @Test
  void withoutAPayloadTheGeneratedOneIsMeant() throws Exception {
    Bytes payload = bench.bulla.payload(bench.image, Map.of());
    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.empty(),
            Map.of(
                LegacySignature.SIGNATURE_ANNOTATION,
                Base64Text.encode(Bench.ALICE.sign(payload))));

    assertThat(Bench.formats(bench.verify(Bench.ALICE))).containsExactly("legacy");
  }

  @Test
  void whatIsAttachedComesBackAsItWas() throws Exception {
    Bytes payload = Bytes.utf8(" { \"any\" : \"thing\" }\n");
    Map<String, String> annotations =
        Map.of(
            LegacySignature.SIGNATURE_ANNOTATION,
            "not even base64",
            LegacySignature.CERTIFICATE_ANNOTATION,
            "PEM",
            "more",
            "x");

    bench.bulla.attach().legacy(bench.image, Optional.of(payload), annotations);
    bench.bulla.attach().legacy(bench.image, Optional.of(payload), annotations);

    SignatureDownload.Found found = bench.bulla.download().signatures(bench.image);
    assertThat(found.legacy()).hasSize(1); // attaching again changes nothing
    assertThat(found.legacy().get(0).payload()).isEqualTo(payload);
    assertThat(found.legacy().get(0).signatureText()).isEqualTo("not even base64");
    assertThat(found.legacy().get(0).annotations()).isEqualTo(annotations);
  }

  @ParameterizedTest
  @EnumSource(value = Faults.NoReferrers.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB_PAGE")
  void aBundleIsAttachedByteForByte(Faults.NoReferrers how) throws Exception {
    bench.registry.faults().noReferrersApi(how);
    bench.sign(Bench.bundle(Bench.ALICE));
    Bytes bundle = bench.bulla.download().signatures(bench.image).bundles().get(0).raw();
    Bytes spaced = Bytes.utf8(bundle.toUtf8String("bundle").replace(":", " :\t") + "\n\n");

    SampleImage.image("hello").pushTo(bench.registry.repository("copy"), "v1");
    bench.bulla.attach().bundle(bench.reference("copy:v1"), spaced);

    assertThat(bench.bulla.download().signatures(bench.reference("copy:v1")).bundles())
        .singleElement()
        .extracting(BundleSignature::raw)
        .isEqualTo(spaced);
    assertThat(
            bench
                .bulla
                .verify(bench.reference("copy:v1"), Bench.policy(Bench.ALICE))
                .value()
                .signatures())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "not JSON", "{\"mediaType\":\"application/json\"}"})
  void whatIsNoBundleIsNotAttachedAsOne(String text) {
    assertThatThrownBy(() -> bench.bulla.attach().bundle(bench.image, Bytes.utf8(text)))
        .isInstanceOf(MalformedInputException.class);
    assertThat(bench.registry.log().count()).isZero();
  }

  @Test
  void nothingIsAttachedToWhatIsNotThere() throws Exception {
    Bytes bundle = Attestations.of(Bench.ALICE, Bench.IMAGE.digest());
    assertThatThrownBy(() -> bench.bulla.attach().bundle(bench.reference("app:nope"), bundle))
        .isInstanceOf(RegistryException.class);
    assertThat(bench.registry.log().requests("PUT", ".*")).isEmpty();
  }

  // ---- download

  @Test
  void downloadFindsBothFormats() throws Exception {
    bench.sign(SignRequest.of(Bench.ALICE).withFormats(Bench.BOTH));
    bench.bulla.attach().bundle(bench.image, Attestations.of(Bench.ALICE, Bench.IMAGE.digest()));

    SignatureDownload.Found found = bench.bulla.download().signatures(bench.tag);

    assertThat(found.bundles()).hasSize(2);
    assertThat(found.legacy()).hasSize(1);
    assertThat(found.unreadable()).isEmpty();
    assertThat(found.image().digest()).isEqualTo(Bench.IMAGE.digest());
  }

  @Test
  void downloadFindsNothingWhereThereIsNothing() throws Exception {
    assertThat(bench.bulla.download().signatures(bench.image).isEmpty()).isTrue();
  }

  @Test
  void downloadLooksUnderOldTagsToo() throws Exception {
    Bytes payload = Bytes.utf8("{}");
    bench.putSignatureObject(
        Bench.tagName(".cosign"),
        MediaType.DOCKER_MANIFEST.value(),
        payload,
        Map.of(LegacySignature.SIGNATURE_ANNOTATION, "AAAA"));

    assertThat(bench.bulla.download().signatures(bench.image).legacy()).hasSize(1);
  }

  @Test
  void downloadNamesWhatItCouldNotRead() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));

    SignatureDownload.Found found = bench.bulla.download().signatures(bench.image);

    assertThat(found.legacy()).hasSize(1);
    assertThat(found.unreadable()).hasSize(1);
    assertThat(found.isEmpty()).isFalse();
  }

  @Test
  void downloadStopsAtAHundred() throws Exception {
    Bytes payload = Bytes.utf8("{}");
    for (int i = 0; i < 100; i++) {
      bench
          .bulla
          .attach()
          .legacy(
              bench.image,
              Optional.of(payload),
              Map.of(LegacySignature.SIGNATURE_ANNOTATION, "AAAA" + i));
    }
    assertThat(bench.bulla.download().signatures(bench.image).legacy()).hasSize(100);

    bench
        .bulla
        .attach()
        .legacy(
            bench.image,
            Optional.of(payload),
            Map.of(LegacySignature.SIGNATURE_ANNOTATION, "AAAA"));
    assertThatThrownBy(() -> bench.bulla.download().signatures(bench.image))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("maximum number of signatures on an image is 100, found 101");
  }

  // ---- tree

  private List<String> tree(boolean withReferrers) throws BullaException {
    List<String> shown = new ArrayList<>();
    for (Branch branch : bench.bulla.tree().of(bench.image, withReferrers)) {
      shown.add(
          branch.kind()
              + " "
              + branch.label()
              + " "
              + branch.location().replaceFirst("^[^/]*/", "").replaceFirst("@.*", "@")
              + " "
              + branch.layers().size());
    }
    return shown;
  }

  @Test
  void treeIsBareWhereThereIsNothing() throws Exception {
    assertThat(tree(true)).isEmpty();
  }

  @Test
  void treeShowsWhatIsUnderTagsAndThenReferrers() throws Exception {
    bench.sign(Bench.legacy(Bench.ALICE));
    bench.sign(Bench.legacy(Bench.BOB));
    bench.sign(Bench.bundle(Bench.ALICE));
    bench.bulla.attach().bundle(bench.image, Attestations.of(Bench.ALICE, Bench.IMAGE.digest()));
    SampleImage.artifact("a/b", "a/b", Bytes.utf8("x")).pushTo(bench.app, Bench.tagName(".att"));
    SampleImage.artifact("a/b", "a/b", Bytes.utf8("y")).pushTo(bench.app, Bench.tagName(".sbom"));
    SampleImage.referrer(Bench.IMAGE, "application/spdx+json", Bytes.utf8("{}"), Map.of())
        .pushTo(bench.app);

    List<String> tags =
        List.of(
            "ATTESTATIONS  app:" + Bench.tagName(".att") + " 1",
            "SIGNATURES  app:" + Bench.tagName(".sig") + " 2",
            "SBOMS  app:" + Bench.tagName(".sbom") + " 1");
    assertThat(tree(false)).isEqualTo(tags);
    List<String> all = tree(true);
    assertThat(all.subList(0, 3)).isEqualTo(tags);
    assertThat(all.subList(3, all.size()))
        .containsExactlyInAnyOrder(
            "REFERRER https://sigstore.dev/cosign/sign/v1 app@ 1",
            "REFERRER " + Attestations.PREDICATE + " app@ 1",
            "REFERRER application/spdx+json app@ 1");
  }

  @Test
  void treeShowsReferrersUnderTheTagToo() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.sign(Bench.bundle(Bench.ALICE));

    assertThat(bench.bulla.tree().of(bench.image, true))
        .singleElement()
        .extracting(Branch::kind)
        .isEqualTo(Kind.REFERRER);
  }

  @Test
  void treeOfWhatIsNotThereIsAnError() throws Exception {
    Digest missing = Digest.sha256(Bytes.utf8("missing"));
    assertThatThrownBy(() -> bench.bulla.tree().of(bench.repository("app").at(missing), true))
        .isInstanceOf(RegistryException.class);
    assertThatThrownBy(() -> bench.bulla.tree().of(bench.reference("app:nope"), true))
        .isInstanceOf(RegistryException.class);
  }

  @Test
  void treeThatCannotBeSeenWholeIsAnError() throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));

    assertThatThrownBy(() -> bench.bulla.tree().of(bench.image, true))
        .isInstanceOf(RegistryException.class);
  }

  @Test
  void treeNamesWhatIsListedAndMissing() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    bench.sign(Bench.bundle(Bench.ALICE));
    bench.sign(Bench.bundle(Bench.BOB));
    Digest gone =
        ImageIndex.parse(bench.app.manifest(Bench.tagName("")).orElseThrow().content())
            .manifests()
            .get(0)
            .digest();
    bench.app.deleteManifest(gone);

    ArtifactTree.Tree tree = bench.bulla.tree().look(bench.image, true);

    assertThat(tree.branches()).hasSize(1);
    assertThat(tree.missing())
        .singleElement()
        .satisfies(missing -> {
          assertThat(missing.origin().toString()).endsWith("@" + gone);
          assertThat(missing.why().message()).isEqualTo("listed as a referrer and not there");
        });
  }

  @Test
  void treeFetchesReferrersSideBySide() throws Exception {
    for (int i = 0; i < 5; i++) {
      bench.sign(Bench.bundle(Bench.ALICE).withAnnotations(Map.of("n", "" + i)));
    }
    bench.registry.log().clear();
    RequestMatch byDigest = RequestMatch.manifests().method("GET").path(".*/sha256:.*");
    bench
        .registry
        .faults()
        .on(byDigest)
        .does(Effects.together(5, java.time.Duration.ofSeconds(30)));

    assertThat(tree(true)).hasSize(5);

    assertThat(
            RequestLog.allConcurrent(
                bench.registry.log().requests("GET", ".*/manifests/sha256:.*")))
        .isTrue();
  }

  @Test
  void treeWithAReferrerThatCannotBeLookedAtIsAnError() throws Exception {
    bench.sign(Bench.bundle(Bench.ALICE));
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("GET").path(".*/sha256:.*"))
        .does(Effects.status(403));

    assertThatThrownBy(() -> bench.bulla.tree().of(bench.image, true))
        .isInstanceOf(RegistryException.class);
  }

  @Test
  void treeShowsNoMoreReferrersThanAreLookedAt() throws Exception {
    bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    List<Descriptor> entries = new ArrayList<>();
    for (int i = 0; i < 1100; i++) {
      entries.add(
          new Descriptor(MediaType.OCI_MANIFEST, 1, Digest.sha256(Bytes.utf8("none " + i))));
    }
    bench.app.putManifest(
        MediaType.OCI_INDEX.value(), new ImageIndex(entries).toJson(), Bench.tagName(""));

    assertThat(tree(true)).isEmpty();
    assertThat(bench.registry.log().requests("GET", ".*/manifests/sha256:.*"))
        .hasSizeLessThanOrEqualTo(1000);
  }

  @Test
  void treeAndDownloadShowWhatLiesBesideATagThatCannotBeMoved() throws Exception {
    try (Bench immutable = Bench.withoutReferrers()) {
      immutable.registry.faults().immutableTags(".*");
      for (Signer signer : List.of(Bench.ALICE, Bench.BOB)) {
        immutable.sign(Bench.request(signer, SignRequest.Format.LEGACY, SignRequest.Format.BUNDLE));
      }

      List<ArtifactTree.Branch> branches = immutable.bulla.tree().of(immutable.tag, true);

      assertThat(branches)
          .extracting(branch -> branch.location().replaceFirst(".*[:@]", ""))
          .filteredOn(location -> location.contains(".sig"))
          .containsExactly(Bench.tagName(".sig"), Bench.tagName(".sig-2"));
      assertThat(branches)
          .filteredOn(branch -> branch.kind() == ArtifactTree.Kind.REFERRER)
          .hasSize(2);
      SignatureDownload.Found found = immutable.bulla.download().signatures(immutable.tag);
      assertThat(found.legacy()).hasSize(2);
      assertThat(found.bundles()).hasSize(2);

      for (String envelope : List.of("{\"payload\":\"e30=\"}", "{\"payload\":\"e30K\"}")) {
        immutable.bulla.attach().attestation(immutable.image, Bytes.utf8(envelope));
      }
      assertThat(immutable.bulla.attestations().of(immutable.tag, Optional.empty(), "").envelopes())
          .hasSize(2);
    }
  }
}
