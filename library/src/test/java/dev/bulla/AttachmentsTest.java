package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.FileUpload.PlatformFile;
import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.MediaType;
import dev.bulla.oci.Platform;
import dev.bulla.oci.Reference;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SBOMs, attestations of the older format, and files: kept as they are. */
class AttachmentsTest {

  private static final MediaType SPDX = new MediaType("text/spdx+json");
  private static final Bytes SBOM = Bytes.utf8("{\"spdx\":1}");

  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  // ---- SBOMs

  /** The bytes that cosign 3.1.1 wrote for the same file. */
  @Test
  void anSbomIsStoredAsCosignDoes() throws Exception {
    bench.bulla.sboms().attach(bench.image, SBOM, SPDX);

    assertThat(bench.app.manifest(Bench.tagName(".sbom")).orElseThrow().content())
        .isEqualTo(
            Bytes.utf8(
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                    + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
                    + "\"size\":233,\"digest\":"
                    + "\"sha256:86c77bd730246ab038c30a611768fd88bcaef315ffe2079abf6b21fa5a0079d4\"},"
                    + "\"layers\":[{\"mediaType\":\"text/spdx+json\",\"size\":10,\"digest\":"
                    + "\"sha256:891b820783dac31b86114d304c591f86fb9de6a3ff7cbad1a6990fa6f7d669b0\"}]}"));
  }

  @Test
  void aNewSbomReplacesTheOld() throws Exception {
    bench.bulla.sboms().attach(bench.image, SBOM, SPDX);
    bench.bulla.sboms().attach(bench.image, Bytes.utf8("<x/>"), new MediaType("text/spdx"));

    assertThat(bench.bulla.sboms().of(bench.tag, ""))
        .isEqualTo(new Sboms.Sbom(new MediaType("text/spdx"), Bytes.utf8("<x/>")));
  }

  @ParameterizedTest
  @EnumSource(value = Faults.NoReferrers.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB_PAGE")
  void anSbomAsReferrerIsFoundWhereverItIsListed(Faults.NoReferrers how) throws Exception {
    bench.registry.faults().noReferrersApi(how);
    bench.bulla.sboms().attach(bench.image, Bytes.utf8("by tag"), SPDX);
    DigestReference attached = bench.bulla.sboms().attachAsReferrer(bench.image, SBOM, SPDX);

    assertThat(bench.bulla.sboms().of(bench.tag, "")).isEqualTo(new Sboms.Sbom(SPDX, SBOM));
    assertThat(bench.bulla.tree().of(bench.tag, true))
        .extracting(ArtifactTree.Branch::kind, ArtifactTree.Branch::label)
        .contains(
            org.assertj.core.groups.Tuple.tuple(ArtifactTree.Kind.REFERRER, Sboms.ARTIFACT_TYPE));
    assertThat(bench.app.manifest(attached.digest())).isPresent();
  }

  @Test
  void anIndexWithoutAnSbomNamesItsPlatforms() throws Exception {
    SampleImage.twoPlatforms("two").pushTo(bench.app, "index");
    SampleImage arm = SampleImage.image("linux", "arm64", "two");
    Reference index = bench.reference("app:index");
    bench.bulla.sboms().attach(bench.repository("app").at(arm.digest()), SBOM, SPDX);

    assertThat(bench.bulla.sboms().of(index, ""))
        .isEqualTo(new Sboms.Missing(true, List.of("linux/amd64", "linux/arm64")));
    assertThat(bench.bulla.sboms().of(index, "linux/amd64"))
        .isEqualTo(new Sboms.Missing(false, List.of()));
    assertThat(bench.bulla.sboms().of(index, "linux/arm64")).isEqualTo(new Sboms.Sbom(SPDX, SBOM));
  }

  @Test
  void aPlatformHasToFitExactlyOneImage() throws Exception {
    SampleImage.twoPlatforms("two").pushTo(bench.app, "index");
    Reference index = bench.reference("app:index");

    assertRefused(
        index,
        "linux",
        "platform spec matches more than one image architecture: linux/amd64, linux/arm64");
    assertRefused(index, "linux/s390x", "unable to find an entity for linux/s390x");
    assertRefused(index, "a/b/c/d", "parsing platform: too many slashes in platform spec: a/b/c/d");
    assertRefused(bench.tag, "linux/amd64", "specified reference is not a multiarch image");
  }

  private void assertRefused(Reference reference, String platform, String message) {
    assertThatThrownBy(() -> bench.bulla.sboms().of(reference, platform))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> bench.bulla.attestations().of(reference, Optional.empty(), platform))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void noSbomIsSaidOnlyWhenTheListCouldBeRead() throws Exception {
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));

    assertThatThrownBy(() -> bench.bulla.sboms().of(bench.tag, ""))
        .isInstanceOf(RegistryException.class);
  }

  // ---- attestations

  @Test
  void attestationsOfBothFormatsComeBack() throws Exception {
    Bytes envelope =
        Bytes.utf8("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"e30=\"}");
    bench.bulla.attach().attestation(bench.image, envelope);
    bench.bulla.attach().attestation(bench.image, envelope);
    bench.bulla.attach().bundle(bench.image, Attestations.of(Bench.ALICE, Bench.IMAGE.digest()));

    AttestationDownload.Found found =
        bench.bulla.attestations().of(bench.tag, Optional.empty(), "");

    assertThat(found.envelopes()).containsExactly(envelope); // attaching again changes nothing
    assertThat(found.bundles()).hasSize(1);
    List<Descriptor> layers = bench.storedLayers(Bench.tagName(".att"));
    assertThat(layers.get(0).mediaType()).isEqualTo(MediaType.DSSE_ENVELOPE);
    assertThat(layers.get(0).annotations())
        .isEqualTo(Map.of("dev.cosignproject.cosign/signature", ""));
  }

  @Test
  void attestationsAreChosenByWhatTheyStateAndNotByWhatIsSaidOfThem() throws Exception {
    bench.bulla.attach().bundle(bench.image, Attestations.of(Bench.ALICE, Bench.IMAGE.digest()));
    bench.sign(Bench.bundle(Bench.ALICE));

    assertThat(found(Attestations.PREDICATE).bundles()).hasSize(1);
    assertThat(found("https://spdx.dev/Document").isEmpty()).isTrue();
  }

  private AttestationDownload.Found found(String type) throws BullaException {
    return bench.bulla.attestations().of(bench.tag, Optional.of(type), "");
  }

  @Test
  void anAttestationThatCannotBeReadIsNeverAbsent() throws Exception {
    bench.bulla.attach().attestation(bench.image, Bytes.utf8("{\"payload\":\"e30=\"}"));
    for (Digest blob : bench.app.blobs()) {
      bench.app.deleteBlob(blob);
    }

    assertThat(found("x:y").unreadable()).hasSize(1);
  }

  @Test
  void anUnreadableSignatureTagIsNoMatterForAttestations() throws Exception {
    bench.registry.faults().on(RequestMatch.manifests().path(".*\\.sig")).does(Effects.status(403));

    assertThat(found("x:y").isEmpty()).isTrue();
  }

  // ---- files

  private static PlatformFile file(String content, String platform) throws BullaException {
    return new PlatformFile(
        Bytes.utf8(content),
        new MediaType("text/plain"),
        platform.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(platform)));
  }

  /** The digests that cosign 3.1.1 came to with the same content. */
  @Test
  void filesAreStoredAsCosignDoes() throws Exception {
    FileUpload upload = bench.bulla.upload();
    Reference target = bench.reference("files:v1");

    assertThat(upload.file(target, file("hello world\n", ""), Map.of()).digest())
        .hasToString("sha256:0c5834c5243e64acc398983b01bc6272f6fe2f2c2320c425edf00ed9fd8e489c");
    assertThat(upload.file(target, file("{\"a\":1}", "linux/arm64"), Map.of("k", "v")).digest())
        .hasToString("sha256:0c3931911301f7290fce83879cda33deac00f47cf9e84a6174b631106ee3b917");
    assertThat(
            upload
                .index(
                    target,
                    List.of(file("hello world\n", "linux"), file("{\"a\":1}", "windows/amd64")),
                    Map.of("k", "v"))
                .digest())
        .hasToString("sha256:aeb03a6fa8e98994c76bb5d4b713c06dd312bc86b9cb37837d0442f22d88ee2e");
    assertThat(
            upload
                .wasm(
                    target,
                    Bytes.of(
                        (byte) 0,
                        (byte) 'a',
                        (byte) 's',
                        (byte) 'm',
                        (byte) 1,
                        (byte) 0,
                        (byte) 0,
                        (byte) 0))
                .digest())
        .hasToString("sha256:eb47c8a3dd1d463b74e605b11a9a8d1ed2889136c2631c2e7e8195a6f9221a17");
    assertThat(bench.registry.repository("files").tags()).containsExactly("v1");
  }

  @Test
  void aDigestThatTheFileDoesNotHaveIsRefusedBeforeAnythingIsSent() throws Exception {
    Reference target = bench.reference("files@" + Digest.sha256(Bytes.utf8("other")));

    assertThatThrownBy(() -> bench.bulla.upload().file(target, file("x", ""), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("what would be uploaded has the digest");
    assertThat(bench.registry.repository("files").blobs()).isEmpty();
  }

  @Test
  void anAnswerThatIsLostIsNoFailureOfTheUpload() throws Exception {
    bench
        .registry
        .faults()
        .on(RequestMatch.manifests().method("PUT"))
        .first(1)
        .does(Effects.dropAfterwards());

    bench.bulla.upload().file(bench.reference("files:v1"), file("x", ""), Map.of());

    assertThat(bench.registry.repository("files").tags()).containsExactly("v1");
  }
}
