package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where tags cannot be moved, the first signature is where everybody looks, and further ones are
 * where bulla looks. None of the peers' registries has such a rule, so the embedded one stands in.
 */
@Interop
@DisplayName("immutable tags (embedded registry)")
final class ImmutableTagsTest {

  private final Bench bench;

  ImmutableTagsTest(Bench bench) {
    this.bench = bench;
  }

  private static EmbeddedRegistry registry() throws IOException {
    EmbeddedRegistry registry = EmbeddedRegistry.start();
    registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    registry.faults().immutableTags(".*");
    return registry;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE", "BULLA_BOTH"})
  @DisplayName("cosign verifies the first signature, bulla each, all of them after a copy")
  void everybodyReadsTheFirst(SigningWay way, Workplace place) throws IOException {
    KeyPair first = bench.keys().generatedBy(Program.BULLA);
    KeyPair second = bench.keys().stranger();
    try (EmbeddedRegistry registry = registry()) {
      SampleImage image = SampleImage.image("immutable");
      image.pushTo(registry.repository("app"), "v1");
      String reference = registry.host() + "/app@" + image.digest();
      way.sign(place, bench.keys(), first, reference);
      way.sign(place, bench.keys(), second, reference);
      assertThat(registry.repository("app").tags()).anyMatch(tag -> tag.endsWith("-2"));

      for (Verifying verifier : Verifying.values()) {
        if (verifier.reads(way)) {
          verifier.verify(place, first, reference);
        }
      }
      Verifying.BULLA.verify(place, second, reference);

      // at a registry whose tags move, everybody finds both
      Shelf shelf = bench.shelf(RegistryKind.OLAREG, "united");
      place.run(Program.BULLA, "copy", reference, shelf.repository() + ":v1");
      Image copy = shelf.tagged("v1");
      for (Verifying verifier : Verifying.values()) {
        if (verifier.reads(way)) {
          verifier.verify(place, first, copy.byDigest());
          verifier.verify(place, second, copy.byDigest());
        }
      }
    }
  }
}
