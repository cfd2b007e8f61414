package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Signatures kept elsewhere, or in another dress, on request. */
@OnEachRegistry
@DisplayName("places")
final class PlacesTest {

  static final SigningWay[] LEGACY = {
    SigningWay.BULLA_LEGACY, SigningWay.COSIGN2_LEGACY, SigningWay.COSIGN3_LEGACY
  };

  private final RegistryKind kind;
  private final Bench bench;

  PlacesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(SigningWay.class)
  @DisplayName("COSIGN_REPOSITORY")
  void keepsSignaturesInAnotherRepository(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "subject"), "v1");
    Shelf elsewhere = bench.shelf(kind, "elsewhere");
    Map<String, String> there = Map.of("COSIGN_REPOSITORY", elsewhere.repository());
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.call(place, bench.keys(), pair, image.byDigest()).env(there).run().expect(0);
    assertThat(image.shelf().hasManifest(image.signatureTag(""))).isFalse();
    assertThat(elsewhere.hasManifest(image.signatureTag(""))).isEqualTo(way.writesLegacy());
    for (Verifying verifier : Verifying.values()) {
      if (verifier.reads(way)) {
        verifier.call(place, pair, image.byDigest()).env(there).run().expect(0);
        verifier.call(place, pair, image.byDigest()).run().expect(Verifying.NO_SIGNATURE);
      }
    }
    assertThat(triangulated(place, Program.BULLA, image, there))
        .isEqualTo(triangulated(place, Program.COSIGN3, image, there))
        .isEqualTo(elsewhere.repository() + ":" + image.signatureTag(""));
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("LEGACY")
  @DisplayName("COSIGN_DOCKER_MEDIA_TYPES")
  void writesDockerMediaTypes(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "docker"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.call(place, bench.keys(), pair, image.byDigest())
        .env("COSIGN_DOCKER_MEDIA_TYPES", "1")
        .run()
        .expect(0);
    assertThat(
            place.jq(
                ".mediaType + \" \" + .config.mediaType",
                image.shelf().manifest(image.signatureTag(""))))
        .isEqualTo(Shelf.DOCKER_MANIFEST + " application/vnd.docker.container.image.v1+json");
    for (Verifying verifier : Verifying.values()) {
      verifier.verify(place, pair, image.byDigest());
    }
    // whoever adds to it keeps the media types, asked to or not
    for (SigningWay next : LEGACY) {
      next.sign(place, bench.keys(), pair, image.byDigest(), "-a", "by=" + next.name());
    }
    assertThat(
            place.jq(
                ".mediaType + \" \" + (.layers | length | tostring)",
                image.shelf().manifest(image.signatureTag(""))))
        .isEqualTo(Shelf.DOCKER_MANIFEST + " 4");
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("LEGACY")
  @DisplayName("--attachment-tag-prefix")
  void namesTagsWithAPrefix(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "prefix"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, image.byDigest(), "--attachment-tag-prefix", "stable-");
    assertThat(image.shelf().hasManifest(image.signatureTag("stable-"))).isTrue();
    assertThat(image.shelf().hasManifest(image.signatureTag(""))).isFalse();
    for (Verifying verifier : Verifying.values()) {
      verifier.verify(place, pair, image.byDigest(), "--attachment-tag-prefix", "stable-");
      verifier.call(place, pair, image.byDigest()).run().expect(Verifying.NO_SIGNATURE);
    }
  }

  private static String triangulated(
      Workplace place, Program program, Image image, Map<String, String> environment) {
    return place
        .call(program, "triangulate", image.byDigest())
        .env(environment)
        .run()
        .expect(0)
        .line();
  }
}
