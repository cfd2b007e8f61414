package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** cosign's other commands find bulla's signatures where they look for their own. */
@OnEachRegistry
@DisplayName("cosign's housekeeping")
final class HousekeepingTest {

  static final SigningWay[] OURS = {
    SigningWay.BULLA_LEGACY, SigningWay.BULLA_BUNDLE, SigningWay.BULLA_BOTH
  };

  private final RegistryKind kind;
  private final Bench bench;

  HousekeepingTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private KeyPair ours() {
    return bench.keys().generatedBy(Program.BULLA);
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("OURS")
  @DisplayName("clean leaves nothing and the image alone")
  void cleanRemovesOurSignatures(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "clean"), "v1");
    Untouched before = Untouched.look(place, image);
    way.sign(place, bench.keys(), ours(), image.byDigest());
    place.run(Program.COSIGN3, "clean", "--force", image.byTag());
    for (Verifying verifier : Verifying.values()) {
      verifier.call(place, ours(), image.byTag()).run().expect(Verifying.NO_SIGNATURE);
    }
    before.check();
    // and there is a way back
    way.sign(place, bench.keys(), ours(), image.byDigest());
    Verifying.COSIGN3.verify(place, ours(), image.byTag());
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("OURS")
  @DisplayName("save, verify the folder")
  void savedImagesVerify(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    place.run(Program.COSIGN3, "save", "--dir", "saved", image.byTag());
    Verifying.COSIGN3.verify(place, ours(), "saved", "--local-image");
    Verifying.COSIGN3
        .call(place, bench.keys().stranger(), "saved", "--local-image")
        .run()
        .expectFailure();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "COSIGN3_LEGACY"})
  @DisplayName("copy takes signature objects along, verified by all")
  void copiedImagesVerify(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    Shelf target = bench.shelf(kind, "copy");
    place.run(Program.COSIGN3, "copy", image.byTag(), target.repository() + ":v1");
    Image copy = target.tagged("v1");
    assertThat(copy.digest()).isEqualTo(image.digest());
    for (Verifying verifier : Verifying.values()) {
      verifier.verify(place, bench.keys().generatedBy(way.program()), copy.byTag());
    }
  }
}
