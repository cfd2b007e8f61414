package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Anything in a registry can be signed: what is no plain image. */
@OnEachRegistry
@DisplayName("artifacts")
final class ArtifactsTest {

  private final RegistryKind kind;
  private final Bench bench;

  ArtifactsTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** Each pushes itself into a repository. */
  enum Artifact {
    HELM_CHART("Helm chart") {
      @Override
      Image push(Workplace place, Shelf shelf) {
        place.write(
            "chart.json", "{\"name\":\"demo\",\"version\":\"0.1.0\",\"apiVersion\":\"v2\"}");
        place.write("demo-0.1.0.tgz", "not really a chart, but nobody looks inside");
        return byOras(
            place,
            shelf,
            "--config",
            "chart.json:application/vnd.cncf.helm.config.v1+json",
            "demo-0.1.0.tgz:application/vnd.cncf.helm.chart.content.v1.tar+gzip");
      }
    },
    EMPTY_CONFIG("artifact with an empty config, by oras") {
      @Override
      Image push(Workplace place, Shelf shelf) {
        place.write("notes.txt", "anything");
        return byOras(
            place,
            shelf,
            "--artifact-type",
            "application/vnd.example.notes",
            "notes.txt:text/plain");
      }
    },
    NO_LAYERS("image without layers") {
      @Override
      Image push(Workplace place, Shelf shelf) {
        return Samples.withoutLayers(shelf, "v1");
      }
    },
    INDEX_OF_INDEXES("index of indexes") {
      @Override
      Image push(Workplace place, Shelf shelf) {
        return Samples.nestedIndex(shelf, "v1");
      }
    },
    APPENDED_INDEX("index by crane") {
      @Override
      Image push(Workplace place, Shelf shelf) {
        Image one = Samples.image(shelf, "one");
        Image index = Samples.index(shelf, "two");
        place.run(
            Program.CRANE,
            "index",
            "append",
            "-m",
            one.byTag(),
            "-m",
            index.byTag(),
            "-t",
            shelf.repository() + ":v1");
        return shelf.tagged("v1");
      }
    };

    private final String label;

    Artifact(String label) {
      this.label = label;
    }

    abstract Image push(Workplace place, Shelf shelf);

    static Image byOras(Workplace place, Shelf shelf, String... more) {
      String[] line = new String[more.length + 3];
      line[0] = "push";
      line[1] = "--plain-http";
      line[2] = shelf.repository() + ":v1";
      System.arraycopy(more, 0, line, 3, more.length);
      place.run(Program.ORAS, line);
      return shelf.tagged("v1");
    }

    @Override
    public String toString() {
      return label;
    }
  }

  static Stream<Arguments> cells() {
    return Arrays.stream(Artifact.values())
        .flatMap(artifact ->
            Stream.of(
                    SigningWay.BULLA_BOTH,
                    SigningWay.COSIGN2_LEGACY,
                    SigningWay.COSIGN3_LEGACY,
                    SigningWay.COSIGN3_BUNDLE)
                .map(way -> Arguments.of(artifact, way)));
  }

  @ParameterizedTest(name = "{0}, signed by {1}")
  @MethodSource("cells")
  @DisplayName("verified by all")
  void signedArtifactsVerifyEverywhere(Artifact artifact, SigningWay way, Workplace place) {
    Image image = artifact.push(place, bench.shelf(kind, "artifact"));
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, image.byDigest());
    assertThat(image.shelf().tagged("v1").digest()).isEqualTo(image.digest());
    for (Verifying verifier : Verifying.values()) {
      if (verifier.reads(way)) {
        verifier.verify(place, pair, image.byTag());
      }
    }
  }
}
