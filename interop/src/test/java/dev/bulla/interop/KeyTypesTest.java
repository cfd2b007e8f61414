package dev.bulla.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Signatures by other keys than P-256. cosign takes SHA-256 for granted when it verifies, so for
 * P-384 and P-521 it has to be told the hash; bulla finds it. cosign 3 signs images with Ed25519ph
 * and cannot verify that itself; bulla can.
 */
@OnEachRegistry
@DisplayName("key types")
final class KeyTypesTest {

  private static final String HASH = "--signature-digest-algorithm";

  private final RegistryKind kind;
  private final Bench bench;

  KeyTypesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  static Stream<Arguments> cells() {
    return Stream.of(
            KeyKind.P384,
            KeyKind.P521,
            KeyKind.RSA_2048_PKCS1,
            KeyKind.RSA_4096_PKCS8,
            KeyKind.ED25519)
        .flatMap(key ->
            Stream.of(
                    SigningWay.BULLA_BOTH,
                    SigningWay.COSIGN2_LEGACY,
                    SigningWay.COSIGN3_LEGACY,
                    SigningWay.COSIGN3_BUNDLE)
                .map(way -> Arguments.of(key, way)));
  }

  @ParameterizedTest(name = "{0}, signed by {1}")
  @MethodSource("cells")
  @DisplayName("verified by all that can")
  void otherKeysWorkEverywhere(KeyKind key, SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "keytype"), "v1");
    KeyPair pair = bench.keys().imported(key);
    way.sign(place, bench.keys(), pair, image.byDigest());
    Verifying.BULLA.verify(place, pair, image.byDigest());
    Verifying.BULLA
        .call(place, bench.keys().stranger(), image.byDigest())
        .run()
        .expect(Verifying.NO_MATCH);
    if (!cosignVerifiesItself(key, way)) {
      return;
    }
    for (Verifying cosign : new Verifying[] {Verifying.COSIGN2, Verifying.COSIGN3}) {
      if (cosign.reads(way)) {
        cosign.verify(place, pair, image.byDigest(), HASH, hashFor(key, way));
      }
    }
  }

  private static boolean cosignVerifiesItself(KeyKind key, SigningWay way) {
    return key != KeyKind.ED25519 || way.program() != Program.COSIGN3;
  }

  private static String hashFor(KeyKind key, SigningWay way) {
    if (way == SigningWay.COSIGN2_LEGACY) {
      return "sha256"; // whatever the curve
    }
    return switch (key) {
      case P384 -> "sha384";
      case P521 -> "sha512";
      default -> "sha256";
    };
  }
}
