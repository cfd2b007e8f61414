package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures beside each other: none is lost, none is written twice. */
@OnEachRegistry
@DisplayName("several signatures")
final class SeveralSignaturesTest {

  private final RegistryKind kind;
  private final Bench bench;

  SeveralSignaturesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** Bulla first or second, once beside each of the others. */
  static Stream<Arguments> pairsWithBulla() {
    return Stream.concat(
        legacyPairs(),
        Stream.of(
            Arguments.of(SigningWay.BULLA_BUNDLE, SigningWay.COSIGN3_BUNDLE),
            Arguments.of(SigningWay.COSIGN3_BUNDLE, SigningWay.BULLA_BUNDLE),
            Arguments.of(SigningWay.COSIGN3_BUNDLE, SigningWay.BULLA_BOTH)));
  }

  static Stream<Arguments> legacyPairs() {
    return Stream.of(SigningWay.COSIGN2_LEGACY, SigningWay.COSIGN3_LEGACY)
        .flatMap(other ->
            Stream.of(
                Arguments.of(SigningWay.BULLA_LEGACY, other),
                Arguments.of(other, SigningWay.BULLA_LEGACY)));
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @MethodSource("pairsWithBulla")
  @DisplayName("two signers")
  void twoSignersBothCount(SigningWay first, SigningWay second, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "two"), "v1");
    List<SigningWay> ways = List.of(first, second);
    for (SigningWay way : ways) {
      way.sign(place, bench.keys(), bench.keys().generatedBy(way.program()), image.byDigest());
    }
    for (SigningWay way : ways) {
      for (Verifying verifier : Verifying.values()) {
        if (verifier.reads(way)) {
          Finished verified =
              verifier.verify(place, bench.keys().generatedBy(way.program()), image.byDigest());
          assertThat(place.jq("length", verified.out())).as(verifier.toString()).isEqualTo("1");
        }
      }
    }
    assertThat(lines(place, Program.BULLA, image)).isEqualTo(lines(place, Program.COSIGN3, image));
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @MethodSource("legacyPairs")
  @DisplayName("the same signer again changes nothing")
  void theSameSignatureIsNotAddedTwice(SigningWay first, SigningWay second, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "again"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    first.sign(place, bench.keys(), pair, image.byDigest());
    byte[] before = image.shelf().manifest(image.signatureTag(""));
    second.sign(place, bench.keys(), pair, image.byDigest());
    assertThat(image.shelf().manifest(image.signatureTag("")))
        .asString()
        .isEqualTo(new String(before, java.nio.charset.StandardCharsets.UTF_8));
    second.sign(place, bench.keys(), pair, image.byDigest(), "-a", "round=2");
    assertThat(place.jq(".layers | length", image.shelf().manifest(image.signatureTag(""))))
        .isEqualTo("2");
  }

  /** One line per stored signature, in whatever order. */
  private static List<String> lines(Workplace place, Program program, Image image) {
    return Arrays.stream(
            place.run(program, "download", "signature", image.byDigest()).text().split("\n"))
        .sorted()
        .toList();
  }
}
