package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code -a} signs, the others demand, and print. */
@OnEachRegistry
@DisplayName("annotations")
final class AnnotationsTest {

  private final RegistryKind kind;
  private final Bench bench;

  AnnotationsTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("demanded by all")
  void annotationsAreCompared(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "annotations"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, image.byDigest(), "-a", "stage=prod", "-a", "team=a b");
    for (Verifying verifier : Verifying.values()) {
      if (!verifier.reads(way)) {
        continue;
      }
      Finished verified =
          verifier.verify(place, pair, image.byDigest(), "-a", "team=a b", "-a", "stage=prod");
      assertThat(place.jq(".[].optional | .stage + \"/\" + .team", verified.out()))
          .as(verifier.toString())
          .isEqualTo("prod/a b");
      verified.expectError("  - The specified annotations were verified.\n");
      verifier.verify(place, pair, image.byDigest());
      for (String other : new String[] {"stage=test", "owner=me"}) {
        verifier
            .call(place, pair, image.byDigest(), "-a", "stage=prod", "-a", other)
            .run()
            .expect(verifier.refusal(way))
            .expectError("missing or incorrect annotation");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(value = SigningWay.class, mode = EnumSource.Mode.EXCLUDE, names = "BULLA_BOTH")
  @DisplayName("text that JSON writers escape differently")
  void anyTextSurvives(SigningWay way, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "escapes"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    String text = "note=<b>\"&amp;\"\\, \u2028\u007f ü 签 \ud83c\udf52";
    // the flag takes a list with commas, so what holds one is quoted as in a table
    String quoted = '"' + text.replace("\"", "\"\"") + '"';
    way.sign(place, bench.keys(), pair, image.byDigest(), "-a", quoted);
    Finished ours = Verifying.BULLA.verify(place, pair, image.byDigest());
    Finished theirs = Verifying.COSIGN3.verify(place, pair, image.byDigest());
    assertThat(ours.text()).isEqualTo(theirs.text());
    assertThat(place.jq(".[].optional.note", ours.out())).isEqualTo(text.substring(5));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("a tag bound to its digest")
  void bindsATagToADigest(SigningWay way, Workplace place) {
    Shelf shelf = bench.shelf(kind, "tagged");
    Image image = Samples.image(shelf, "sign-me");
    KeyPair pair = bench.keys().generatedBy(way.program());
    String digest = place.run(Program.CRANE, "digest", image.byTag()).line();
    way.sign(place, bench.keys(), pair, shelf.repository() + "@" + digest, "-a", "tag=sign-me");
    for (Verifying verifier : Verifying.values()) {
      if (verifier.reads(way)) {
        verifier.verify(place, pair, image.byTag(), "-a", "tag=sign-me");
        verifier
            .call(place, pair, image.byTag(), "-a", "tag=other")
            .run()
            .expect(verifier.refusal(way));
      }
    }
  }
}
