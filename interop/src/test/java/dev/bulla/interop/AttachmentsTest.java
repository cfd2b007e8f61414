package dev.bulla.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What one program attaches or uploads, the others read: SBOMs, attestations, files, the tree. */
@OnEachRegistry
@DisplayName("attachments")
final class AttachmentsTest {

  static final Program[] COSIGNS = {Program.COSIGN2, Program.COSIGN3};

  private final RegistryKind kind;
  private final Bench bench;

  AttachmentsTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** Who attaches; all read. */
  enum Attaching {
    BULLA(Program.BULLA),
    COSIGN2(Program.COSIGN2),
    COSIGN3(Program.COSIGN3);

    private final Program program;

    Attaching(Program program) {
      this.program = program;
    }

    @Override
    public String toString() {
      return program.toString();
    }
  }

  private static final List<Program> READERS =
      List.of(Program.BULLA, Program.COSIGN2, Program.COSIGN3);

  @ParameterizedTest(name = "attached by {0}")
  @EnumSource(Attaching.class)
  @DisplayName("an SBOM under its tag, read by all,")
  void sbomsAreReadByAll(Attaching attaching, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "sbom"), "v1");
    Untouched before = Untouched.look(place, image);
    place.write("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"}");
    place.run(attaching.program, "attach", "sbom", "--sbom", "sbom.json", image.byTag());
    before.check();
    for (Program reader : READERS) {
      Finished read = place.run(reader, "download", "sbom", image.byDigest());
      assertThat(read.text()).isEqualTo("{\"spdxVersion\":\"SPDX-2.3\"}");
      read.expectError("Found SBOM of media type: text/spdx+json");
    }
    assertSameTrees(place, image);
  }

  @ParameterizedTest(name = "attached by {0}")
  @EnumSource(Attaching.class)
  @DisplayName("an SBOM as referrer, read by all,")
  void sbomsAsReferrersAreReadByAll(Attaching attaching, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "sbom11"), "v1");
    place.write("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"}");
    place
        .call(
            attaching.program,
            "attach",
            "sbom",
            "--registry-referrers-mode",
            "oci-1-1",
            "--sbom",
            "sbom.json",
            image.byTag())
        .env("COSIGN_EXPERIMENTAL", "1")
        .run()
        .expect(0);
    for (Program reader : READERS) {
      assertThat(place.run(reader, "download", "sbom", image.byDigest()).text())
          .isEqualTo("{\"spdxVersion\":\"SPDX-2.3\"}");
    }
  }

  @ParameterizedTest(name = "attested by {0}")
  @FieldSource("COSIGNS")
  @DisplayName("an attestation of the older format moves from one image to its copy, read by all,")
  void olderAttestationsAreReadByAll(Program attesting, Workplace place) {
    Image image = attested(attesting, place, "--new-bundle-format=false");
    byte[] downloaded = place.run(Program.BULLA, "download", "attestation", image.byTag()).out();
    for (Program reader : READERS) {
      assertThat(place.run(reader, "download", "attestation", image.byDigest()).out())
          .isEqualTo(downloaded);
    }
    place.write("attestation.json", downloaded);
    for (Program attaching : READERS) {
      Image copy = Samples.image(bench.shelf(kind, "att"), "v1");
      place.run(
          attaching, "attach", "attestation", "--attestation", "attestation.json", copy.byDigest());
      for (Program reader : READERS) {
        assertThat(place.run(reader, "download", "attestation", copy.byDigest()).out())
            .as("attached by %s, read by %s", attaching, reader)
            .isEqualTo(downloaded);
      }
      assertSameTrees(place, copy);
    }
  }

  @Test
  @DisplayName("an attestation as bundle moves from one image to its copy")
  void bundledAttestationsAreReadByAll(Workplace place) {
    Image image = attested(Program.COSIGN3, place, "--signing-config", "nolog.json");
    byte[] downloaded = place.run(Program.BULLA, "download", "attestation", image.byTag()).out();
    assertThat(place.run(Program.COSIGN3, "download", "attestation", image.byTag()).out())
        .isEqualTo(downloaded);
    place.write("bundle.json", downloaded);
    for (Program attaching : List.of(Program.BULLA, Program.COSIGN3)) {
      Image copy = Samples.image(bench.shelf(kind, "att"), "v1");
      place.run(
          attaching, "attach", "attestation", "--attestation", "bundle.json", copy.byDigest());
      for (Program reader : List.of(Program.BULLA, Program.COSIGN3)) {
        assertThat(
                place
                    .run(
                        reader,
                        "download",
                        "attestation",
                        "--predicate-type",
                        "https://example.com/built",
                        copy.byDigest())
                    .out())
            .as("attached by %s, read by %s", attaching, reader)
            .isEqualTo(downloaded);
      }
      assertSameTrees(place, copy);
    }
  }

  private Image attested(Program attesting, Workplace place, String... more) {
    Image image = Samples.image(bench.shelf(kind, "attested"), "v1");
    place.write("predicate.json", "{\"by\":\"hand\"}");
    place.write(
        "nolog.json", "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\"}");
    List<String> line =
        new java.util.ArrayList<>(
            List.of(
                "attest",
                "--key",
                bench.keys().generatedBy(attesting).key().toString(),
                "--type",
                "https://example.com/built",
                "--predicate",
                "predicate.json"));
    line.addAll(Arrays.asList(more));
    if (more.length == 1) {
      line.add("--tlog-upload=false");
      if (attesting == Program.COSIGN3) {
        line.add("--use-signing-config=false");
      }
    }
    line.add(image.byDigest());
    place.call(attesting, line).run().expect(0);
    return image;
  }

  @ParameterizedTest(name = "as {0}")
  @FieldSource("COSIGNS")
  @DisplayName("uploaded files have the same digest, and crane reads them,")
  void filesAreUploadedAlike(Program cosign, Workplace place) {
    Shelf shelf = bench.shelf(kind, "files");
    place.write("one.txt", "one\n");
    place.write("two.json", "{\"two\":2}\n");
    place.write("three.wasm", new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    for (String line :
        List.of(
            "blob -f one.txt",
            "blob -f two.json --ct application/json -a a=1 -a b=2",
            "blob -f three.wasm",
            "blob -f one.txt:linux/amd64 -f two.json:darwin/arm64 -a k=v",
            "wasm -f three.wasm")) {
      assertThat(upload(place, Program.BULLA, line, shelf))
          .as(line)
          .isEqualTo(upload(place, cosign, line, shelf));
    }
    place.run(Program.BULLA, "upload", "blob", "-f", "one.txt", shelf.repository() + ":one");
    String layer =
        place.jq(
            ".layers[0].digest",
            place.run(Program.CRANE, "manifest", shelf.repository() + ":one").out());
    assertThat(place.run(Program.CRANE, "blob", shelf.repository() + "@" + layer).text())
        .isEqualTo("one\n");
  }

  private static String upload(Workplace place, Program program, String line, Shelf shelf) {
    List<String> words = new java.util.ArrayList<>(List.of("upload"));
    words.addAll(List.of(line.split(" ")));
    String target = shelf.repository() + ":" + program.command();
    words.add(target);
    Finished done = place.call(program, words).run().expect(0);
    return place.run(Program.CRANE, "digest", target).line()
        + "\n"
        + done.text().replace(target, "TARGET")
        + done.err()
            .replace(target, "TARGET")
            .lines()
            .filter(l -> !l.contains("deprecated"))
            .sorted()
            .toList();
  }

  /** Whatever the order of the groups, which varies with cosign. */
  private static void assertSameTrees(Workplace place, Image image) {
    assertThat(groups(place.run(Program.BULLA, "tree", image.byTag())))
        .isEqualTo(groups(place.run(Program.COSIGN3, "tree", image.byTag())));
  }

  private static List<String> groups(Finished tree) {
    return Arrays.stream(new String(tree.out(), UTF_8).split("\n└", -1))
        .map(String::strip)
        .sorted()
        .toList();
  }
}
