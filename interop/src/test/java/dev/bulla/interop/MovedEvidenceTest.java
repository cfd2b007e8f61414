package dev.bulla.interop;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Images that other tools copy from one registry to another arrive with their signatures. */
@OnEachRegistry
@DisplayName("copied by others")
final class MovedEvidenceTest {

  private final RegistryKind kind;
  private final Bench bench;

  MovedEvidenceTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  static final SigningWay[] BUNDLES = {SigningWay.BULLA_BUNDLE, SigningWay.COSIGN3_BUNDLE};

  static final RegistryKind[] TARGETS = {RegistryKind.DOCKER_REGISTRY, RegistryKind.OLAREG};

  @ParameterizedTest(name = "{0}")
  @FieldSource("BUNDLES")
  @DisplayName("oras cp -r, bundles, to every registry")
  void orasCarriesBundles(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    for (RegistryKind target : TARGETS) {
      Shelf shelf = bench.shelf(target, "copied");
      place.run(
          Program.ORAS,
          "cp",
          "-r",
          "--from-plain-http",
          "--to-plain-http",
          image.byDigest(),
          shelf.repository() + ":v1");
      Image copy = shelf.tagged("v1");
      KeyPair pair = bench.keys().generatedBy(way.program());
      Verifying.BULLA.verify(place, pair, copy.byTag());
      Verifying.COSIGN3.verify(place, pair, copy.byTag());
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "COSIGN2_LEGACY"})
  @DisplayName("crane copy, signature objects, to every registry")
  void craneCarriesSignatureObjects(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    for (RegistryKind target : TARGETS) {
      Shelf shelf = bench.shelf(target, "copied");
      String tag = image.signatureTag("");
      place.run(Program.CRANE, "copy", image.byTag(), shelf.repository() + ":v1");
      place.run(
          Program.CRANE,
          "copy",
          image.shelf().repository() + ":" + tag,
          shelf.repository() + ":" + tag);
      Image copy = shelf.tagged("v1");
      for (Verifying verifier : Verifying.values()) {
        verifier.verify(place, bench.keys().generatedBy(way.program()), copy.byTag());
      }
    }
  }
}
