package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines written for cosign, given to bulla word for word. */
@OnEachRegistry
@DisplayName("cosign's command lines")
final class CommandLinesTest {

  private final RegistryKind kind;
  private final Bench bench;

  CommandLinesTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** How scripts sign with a key and without a log. */
  enum Line {
    COSIGN_2("cosign 2's", true, "sign -y --key $KEY --tlog-upload=false $IMAGE"),
    COSIGN_3_LEGACY(
        "cosign 3's, older format",
        true,
        "sign --yes --key $KEY --tlog-upload=false --use-signing-config=false"
            + " --new-bundle-format=false $IMAGE"),
    COSIGN_3_CONFIG("cosign 3's", false, "sign -y --key $KEY --signing-config $CONFIG $IMAGE"),
    COSIGN_0_1("cosign 0.1's", true, "sign -key $KEY -a stage=prod $IMAGE");

    private final String label;
    private final boolean legacy;
    private final String words;

    Line(String label, boolean legacy, String words) {
      this.label = label;
      this.legacy = legacy;
      this.words = words;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Line.class)
  @DisplayName("sign")
  void signsAsAsked(Line line, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "line"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    place
        .shell("bulla " + line.words)
        .env("KEY", pair.key().toString())
        .env("CONFIG", bench.keys().emptySigningConfig().toString())
        .env("IMAGE", image.byDigest())
        .env(line == Line.COSIGN_2 ? "BULLA_FORMAT" : "UNUSED", "legacy")
        .run()
        .expect(0);
    assertThat(image.shelf().hasManifest(image.signatureTag(""))).isEqualTo(line.legacy);
    Verifying.COSIGN3.verify(place, pair, image.byDigest());
    if (line.legacy) {
      Verifying.COSIGN2.verify(place, pair, image.byDigest());
    }
  }

  static Stream<Arguments> questions() {
    return Stream.of(
            "generate IMAGE",
            "generate -a b=2 -a a=<&> IMAGE",
            "triangulate IMAGE",
            "triangulate --type attestation IMAGE",
            "triangulate --type digest IMAGE",
            "triangulate --attachment-tag-prefix x- IMAGE",
            "download signature IMAGE",
            "tree IMAGE")
        .map(Arguments::of);
  }

  @ParameterizedTest(name = "{0}", quoteTextArguments = false)
  @MethodSource("questions")
  @DisplayName("prints what cosign 3 prints")
  void printsWhatCosignPrints(String line, Workplace place) {
    Image image = bench.signed(kind, SigningWay.COSIGN3_LEGACY);
    for (String reference : new String[] {image.byTag(), image.byDigest()}) {
      List<String> words = new ArrayList<>();
      for (String word : line.split(" ")) {
        words.add(word.equals("IMAGE") ? reference : word);
      }
      byte[] theirs = place.call(Program.COSIGN3, words).run().expect(0).out();
      byte[] ours = place.call(Program.BULLA, words).run().expect(0).out();
      assertThat(ours).asString(UTF_8).isEqualTo(new String(theirs, UTF_8));
    }
  }
}
