package dev.bulla.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.error.MalformedInputException;
import dev.bulla.json.GoFields;
import dev.bulla.vectors.Vectors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests that Go clients wrote, read and written again byte for byte: what we rewrite stays
 * somebody else's.
 */
final class ManifestVectorsTest {

  private static final MediaType BUNDLE = MediaType.SIGSTORE_BUNDLE;

  static List<Vectors.Row> realManifests() throws MalformedInputException {
    return Vectors.table("manifests/manifests.tsv");
  }

  @ParameterizedTest
  @MethodSource("realManifests")
  void writesRealManifestsAgainAsTheyWere(Vectors.Row row) throws Exception {
    Bytes json = Bytes.utf8(row.value());
    boolean index = row.value().contains("\"manifests\":[");

    Bytes again = index ? ImageIndex.parse(json).toJson() : Manifest.parse(json).toJson();

    assertThat(again.toUtf8String("again")).isEqualTo(row.value());
  }

  @Test
  void writesTheManifestOfABundle() throws Exception {
    GoFields info = GoFields.of(Vectors.object("derived/bundle-referrer.info.json"), "info");
    Manifest manifest =
        new Manifest(
            Optional.of(MediaType.OCI_MANIFEST),
            new Descriptor(MediaType.OCI_EMPTY, 2, Digest.sha256(Bytes.utf8("{}")))
                .withArtifactType(BUNDLE.value()),
            List.of(
                new Descriptor(
                    BUNDLE,
                    5582,
                    Digest.parse(
                        "sha256:a6c1fc36d2a9d6c7844bdb3caf052947"
                            + "fc48b4360e421d637d4647db40d4f9b0"))),
            Map.of(
                "org.opencontainers.image.created", "2025-02-28T19:18:12Z",
                "dev.sigstore.bundle.content", "dsse-envelope",
                "dev.sigstore.bundle.predicateType", "https://cosign.sigstore.dev/attestation/v1"),
            Optional.of(
                new Descriptor(
                    MediaType.OCI_MANIFEST,
                    525,
                    Digest.parse(
                        "sha256:732112270d7e59418a8c080b134b24ca"
                            + "bd67d250d0d0147a97ed95ba5c280aa4"))),
            Optional.of(BUNDLE.value()));

    assertThat(manifest.toJson()).isEqualTo(Vectors.bytes("derived/bundle-referrer-manifest.json"));
    assertThat(Digest.sha256(manifest.toJson()).hex())
        .isEqualTo(info.requiredString("manifest_sha256"));
    assertThat(manifest.toJson().size()).isEqualTo((int) info.requiredInt64("manifest_size"));
  }

  @Test
  void writesTheIndexOfReferrers() throws Exception {
    Bytes manifest = Vectors.bytes("derived/bundle-referrer-manifest.json");
    ImageIndex index =
        new ImageIndex(
            List.of(
                new Descriptor(MediaType.OCI_MANIFEST, manifest.size(), Digest.sha256(manifest))
                    .withArtifactType(BUNDLE.value())));

    assertThat(index.toJson()).isEqualTo(Vectors.bytes("derived/referrers-fallback-index.json"));
  }

  @Test
  void readsTheManifestOfARealBundle() throws Exception {
    Bytes bundle = Vectors.bytes("cosign-3.1.1/bundle/bundle.json");
    Bytes image = Vectors.bytes("cosign-3.1.1/image-manifest.json");

    Manifest manifest = Manifest.parse(Vectors.bytes("cosign-3.1.1/bundle/referrer-manifest.json"));

    assertThat(manifest.layers())
        .containsExactly(new Descriptor(BUNDLE, bundle.size(), Digest.sha256(bundle)));
    assertThat(manifest.subject())
        .contains(new Descriptor(MediaType.DOCKER_MANIFEST, image.size(), Digest.sha256(image)));
    assertThat(manifest.artifactType()).contains(BUNDLE.value());
    assertThat(manifest.config().artifactType()).contains(BUNDLE.value());
    assertThat(manifest.annotations())
        .containsEntry("dev.sigstore.bundle.content", "dsse-envelope");
  }
}
