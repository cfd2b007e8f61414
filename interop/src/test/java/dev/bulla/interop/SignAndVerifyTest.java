package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each signs in each format it has, each verifies each it can read. */
@OnEachRegistry
@DisplayName("sign and verify")
final class SignAndVerifyTest {

  private final RegistryKind kind;
  private final Bench bench;

  SignAndVerifyTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private KeyPair keyOf(SigningWay way) {
    return bench.keys().generatedBy(way.program());
  }

  static Stream<Arguments> readableCells() {
    return Arrays.stream(SigningWay.values())
        .flatMap(way ->
            Arrays.stream(Verifying.values())
                .filter(verifier -> verifier.reads(way))
                .map(verifier -> Arguments.of(way, verifier)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("readableCells")
  @DisplayName("verifies")
  void verifiesWhatWasSigned(SigningWay way, Verifying verifier, Workplace place) {
    Image image = bench.signed(kind, way);
    Finished verified = verifier.verify(place, keyOf(way), image.byTag());
    assertThat(place.jq(".[].critical.image[\"docker-manifest-digest\"]", verified.out()))
        .isEqualTo(image.digest());
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("readableCells")
  @DisplayName("refuses another key")
  void refusesAnotherKey(SigningWay way, Verifying verifier, Workplace place) {
    Image image = bench.signed(kind, way);
    Finished refused = verifier.call(place, bench.keys().stranger(), image.byDigest()).run();
    refused.expect(verifier.refusal(way));
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).containsPattern("Error: no matching (signatures|attestations): ");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(SigningWay.class)
  @DisplayName("bulla prints what cosign prints")
  void printsWhatCosignPrints(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    for (String reference : new String[] {image.byDigest(), image.byTag()}) {
      byte[] ours = Verifying.BULLA.verify(place, keyOf(way), reference).out();
      byte[] theirs = Verifying.COSIGN3.verify(place, keyOf(way), reference).out();
      assertThat(ours).asString(UTF_8).isEqualTo(new String(theirs, UTF_8));
    }
  }

  static final SigningWay[] BUNDLES_ONLY = {SigningWay.BULLA_BUNDLE, SigningWay.COSIGN3_BUNDLE};

  @ParameterizedTest(name = "{0}")
  @FieldSource("BUNDLES_ONLY")
  @DisplayName("cosign 2 sees no signature in a bundle, and nothing it cannot read")
  void olderCosignIsNotDisturbedByBundles(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    Verifying.COSIGN2
        .call(place, keyOf(way), image.byDigest())
        .run()
        .expect(Verifying.NO_SIGNATURE)
        .expectError("no signatures found");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Verifying.class)
  @DisplayName("unsigned, absent")
  void tellsUnsignedFromAbsent(Verifying verifier, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "unsigned"), "v1");
    KeyPair stranger = bench.keys().stranger();
    verifier
        .call(place, stranger, image.byDigest())
        .run()
        .expect(Verifying.NO_SIGNATURE)
        .expectError("Error: no signatures found\n");
    verifier
        .call(place, stranger, image.byTag() + "-absent")
        .run()
        .expect(Verifying.NO_IMAGE)
        .expectError("MANIFEST_UNKNOWN");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(SigningWay.class)
  @DisplayName("the image is untouched")
  void leavesTheImageAlone(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "untouched"), "v1");
    Untouched before = Untouched.look(place, image);
    way.sign(place, bench.keys(), keyOf(way), image.byTag());
    before.check();
  }
}
