package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What bulla copies, saves, loads and cleans is as others want it, and the reverse. */
@OnEachRegistry
@DisplayName("copy, save, load, clean")
final class MovingTest {

  static final SigningWay[] WAYS = {
    SigningWay.BULLA_BOTH,
    SigningWay.COSIGN2_LEGACY,
    SigningWay.COSIGN3_LEGACY,
    SigningWay.COSIGN3_BUNDLE
  };

  static final RegistryKind[] TARGETS = {RegistryKind.DOCKER_REGISTRY, RegistryKind.OLAREG};

  private final RegistryKind kind;
  private final Bench bench;

  MovingTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private KeyPair pair(SigningWay way) {
    return bench.keys().generatedBy(way.program());
  }

  private void verifiedByAll(Workplace place, SigningWay way, String reference, String... more) {
    for (Verifying verifier : Verifying.values()) {
      if (verifier.reads(way)) {
        verifier.verify(place, pair(way), reference, more);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("WAYS")
  @DisplayName("bulla copies to every registry, verified by all")
  void copies(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    for (RegistryKind target : TARGETS) {
      Shelf shelf = bench.shelf(target, "moved");
      place.run(Program.BULLA, "copy", image.byTag(), shelf.repository() + ":v1");
      Image copy = shelf.tagged("v1");
      assertThat(copy.digest()).isEqualTo(image.digest());
      // everything is there, with the digests that the manifest names
      place.run(Program.CRANE, "pull", "--format", "oci", copy.byTag(), "pulled-" + target);
      verifiedByAll(place, way, copy.byTag());
      // and the copy can be signed like any other
      SigningWay.COSIGN3_BUNDLE.sign(place, bench.keys(), pair(way), copy.byDigest());
      Verifying.BULLA.verify(place, pair(way), copy.byTag());
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_BOTH", "COSIGN3_BUNDLE"})
  @DisplayName("bulla copies an index with every image's signature")
  void copiesIndexes(SigningWay way, Workplace place) {
    Image index = Samples.index(bench.shelf(kind, "index"), "v1");
    way.sign(place, bench.keys(), pair(way), index.byDigest(), "--recursive");
    for (RegistryKind target : TARGETS) {
      Shelf shelf = bench.shelf(target, "movedindex");
      place.run(Program.BULLA, "copy", index.byTag(), shelf.repository() + ":v1");
      place.run(
          Program.CRANE, "pull", "--format", "oci", shelf.repository() + ":v1", "all-" + target);
      for (String child : place.jq(".manifests[].digest", shelf.manifest("v1")).split("\n", -1)) {
        verifiedByAll(place, way, shelf.repository() + "@" + child);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("WAYS")
  @DisplayName("bulla saves, cosign verifies the folder and loads it")
  void savesForCosign(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    place.run(Program.BULLA, "save", "--dir", "saved", image.byTag());
    verifiedByAll(place, way, "saved", "--local-image");
    for (Verifying loader : new Verifying[] {Verifying.COSIGN2, Verifying.COSIGN3}) {
      if (loader.reads(way)) {
        Shelf shelf = bench.shelf(kind, "loaded");
        Call load =
            place.call(loader.program(), "load", "--dir", "saved", shelf.repository() + ":v1");
        // cosign 3 pushes a bundle's manifest before its content, which registries refuse; the
        // image and its signatures of the older format are there by then
        if (loader == Verifying.COSIGN3 && way.writesBundle()) {
          load.run().expectError("MANIFEST_BLOB_UNKNOWN");
        } else {
          load.run().expect(0);
        }
        if (way.writesLegacy()) {
          loader.verify(place, pair(way), shelf.repository() + ":v1");
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("WAYS")
  @DisplayName("cosign saves, bulla verifies the folder and loads it")
  void loadsFromCosign(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    for (Verifying saver : new Verifying[] {Verifying.COSIGN2, Verifying.COSIGN3}) {
      if (saver.reads(way)) {
        String folder = "saved-by-" + saver.program().command();
        place.run(saver.program(), "save", "--dir", folder, image.byTag());
        Verifying.BULLA.verify(place, pair(way), folder, "--local-image");
        for (RegistryKind target : TARGETS) {
          Shelf shelf = bench.shelf(target, "loaded");
          place.run(Program.BULLA, "load", "--dir", folder, shelf.repository() + ":v1");
          assertThat(shelf.tagged("v1").digest()).isEqualTo(image.digest());
          Verifying.BULLA.verify(place, pair(way), shelf.repository() + ":v1");
          saver.verify(place, pair(way), shelf.repository() + ":v1");
        }
      }
    }
  }

  @Test
  @DisplayName("folders of oras and crane, both ways")
  void foldersOfOthers(Workplace place) {
    SigningWay way = SigningWay.BULLA_BOTH;
    Image image = bench.signed(kind, way);
    place.run(
        Program.ORAS, "cp", "-r", "--from-plain-http", image.byTag(), "--to-oci-layout", "oras:v1");
    Verifying.BULLA.verify(place, pair(way), "oci:oras:v1");
    place.run(Program.CRANE, "pull", "--format", "oci", image.byTag(), "crane");
    place.run(Program.BULLA, "save", "--dir", "saved", image.byTag());
    for (RegistryKind target : TARGETS) {
      Shelf shelf = bench.shelf(target, "folders");
      place.run(Program.BULLA, "copy", "oci:oras:v1", shelf.repository() + ":oras");
      Verifying.BULLA.verify(place, pair(way), shelf.repository() + ":oras");
      Verifying.COSIGN3.verify(place, pair(way), shelf.repository() + ":oras");
      Shelf plain = bench.shelf(target, "folders");
      place.run(Program.BULLA, "copy", "oci:crane", plain.repository() + ":v1");
      assertThat(plain.tagged("v1").digest()).isEqualTo(image.digest());
      Shelf byOras = bench.shelf(target, "folders");
      place.run(
          Program.ORAS,
          "cp",
          "-r",
          "--from-oci-layout",
          "saved@" + image.digest(),
          "--to-plain-http",
          byOras.repository() + ":v1");
      Verifying.BULLA.verify(place, pair(way), byOras.repository() + ":v1");
      Verifying.COSIGN3.verify(place, pair(way), byOras.repository() + ":v1");
    }
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("WAYS")
  @DisplayName("bulla cleans, nobody finds anything, the image stays")
  void cleans(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "clean"), "v1");
    Untouched before = Untouched.look(place, image);
    way.sign(place, bench.keys(), pair(way), image.byDigest());
    place.run(Program.BULLA, "clean", "--force", image.byTag());
    for (Verifying verifier : Verifying.values()) {
      verifier.call(place, pair(way), image.byTag()).run().expect(Verifying.NO_SIGNATURE);
    }
    before.check();
    // and there is a way back, for everybody
    way.sign(place, bench.keys(), pair(way), image.byDigest());
    verifiedByAll(place, way, image.byTag());
  }
}
