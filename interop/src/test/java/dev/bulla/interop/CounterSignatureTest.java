package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A signature object is an artifact too: named, and signed in turn. */
@OnEachRegistry
@DisplayName("counter-signature")
final class CounterSignatureTest {

  static final SigningWay[] WAYS = {
    SigningWay.BULLA_LEGACY, SigningWay.COSIGN2_LEGACY, SigningWay.COSIGN3_LEGACY
  };

  private final RegistryKind kind;
  private final Bench bench;

  CounterSignatureTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  @ParameterizedTest(name = "signed by {0}, counter-signed by each")
  @FieldSource("WAYS")
  @DisplayName("triangulate, tag, sign, verify")
  void signatureObjectsCanBeSigned(SigningWay original, Workplace place) {
    Shelf shelf = bench.shelf(kind, "counter");
    Image image = Samples.image(shelf, "v1");
    KeyPair pair = bench.keys().generatedBy(original.program());
    original.sign(place, bench.keys(), pair, image.byDigest(), "-a", "sig=original");
    String line =
        "crane tag $(" + original.program().command() + " triangulate " + image.byTag() + ")";
    place.shell(line + " mysignature").run().expect(0);
    Image signature = shelf.tagged("mysignature");
    for (SigningWay counter : WAYS) {
      KeyPair counterPair = bench.keys().generatedBy(counter.program());
      counter.sign(place, bench.keys(), counterPair, signature.byTag(), "-a", "sig=counter");
      for (Verifying verifier : Verifying.values()) {
        Finished verified = verifier.verify(place, counterPair, signature.byTag());
        assertThat(place.jq(".[].optional.sig", verified.out()))
            .as(verifier.toString())
            .isEqualTo("counter");
      }
    }
    assertThat(shelf.tagged("mysignature")).isEqualTo(signature);
    Finished verified = Verifying.BULLA.verify(place, pair, image.byTag());
    assertThat(place.jq(".[].optional.sig", verified.out())).isEqualTo("original");
  }
}
