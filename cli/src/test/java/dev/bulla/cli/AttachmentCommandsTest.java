package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a script sees of attach, download, upload and tree, beyond the transcripts. */
class AttachmentCommandsTest {

  private static final String SLSA = "https://slsa.dev/provenance/v1";

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    bench.write("sbom.json", "{\"spdx\":1}");
    bench.write("hello.txt", "hello world\n");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private InProcess.Result ok(InProcess.Result result) {
    assertThat(result.exit()).as(result.stderr()).isZero();
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "spdx, '', sbom.json, text/spdx+json",
    "spdx, text, sbom.json, text/spdx",
    "spdx, '', hello.txt, text/spdx",
    "cyclonedx, '', sbom.json, application/vnd.cyclonedx+json",
    "cyclonedx, xml, sbom.json, application/vnd.cyclonedx+xml",
    "syft, '', hello.txt, application/vnd.syft+json",
  })
  void anSbomGetsTheMediaTypeThatItsTypeFormatAndNameMean(
      String type, String format, String file, String mediaType) throws Exception {
    ok(
        bench.run(
            "attach",
            "sbom",
            "--sbom",
            file,
            "--type",
            type,
            "--input-format",
            format,
            bench.tagged()));

    assertThat(bench.layers(ImageBench.tagName(".sbom")).get(0).mediaType()).hasToString(mediaType);
    InProcess.Result download = ok(bench.run("download", "sbom", bench.digested()));
    assertThat(download.stdout()).isEqualTo(bench.read(file));
    assertThat(download.stderr()).endsWith("Found SBOM of media type: " + mediaType + "\n");
  }

  @Test
  void anSbomComesFromStandardInput() {
    ok(bench.runWithInput("text", "attach", "sbom", "--sbom", "-", bench.tagged()));

    assertThat(bench.run("download", "sbom", bench.tagged()).stdout()).isEqualTo("text");
  }

  @Test
  void anSbomAsReferrerIsAnExperimentAsInCosign() {
    String[] line = {
      "attach",
      "sbom",
      "--sbom",
      "sbom.json",
      "--registry-referrers-mode",
      "oci-1-1",
      bench.tagged()
    };

    assertThat(bench.run(line).stderr())
        .contains("in order to use  mode \"oci-1-1\", you must set COSIGN_EXPERIMENTAL=1");
    bench.environment("COSIGN_EXPERIMENTAL", "1");
    assertThat(ok(bench.run(line)).stderr())
        .contains(
            " with config.mediaType [application/vnd.dev.cosign.artifact.sbom.v1+json]"
                + " layers[0].mediaType [text/spdx+json].\n");
    assertThat(bench.app.referrers(bench.image())).hasSize(1);
    assertThat(bench.run("download", "sbom", bench.tagged()).stdout()).isEqualTo("{\"spdx\":1}");
  }

  @Test
  void anIndexIsAskedForItsImages() throws Exception {
    SampleImage.twoPlatforms("two").pushTo(bench.app, "index");

    InProcess.Result result = bench.run("download", "sbom", bench.named("app:index"));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr())
        .contains(
            """

            This multiarch image does not have an SBOM attached at the index level.
            Try using --platform with one of the following architectures:
            linux/amd64, linux/arm64

            Error: no SBOM found attached to image index
            """);
  }

  @Test
  void severalEnvelopesInOneFileAreSeveralAttestations() throws Exception {
    Bytes one = Attestations.envelope(ImageBench.ALICE, bench.image(), SLSA);
    Bytes two = Attestations.envelope(ImageBench.BOB, bench.image(), "https://spdx.dev/Document");
    bench.write("two.json", Bytes.concat(one, Bytes.utf8("\n\n"), two, one));

    InProcess.Result attach =
        ok(bench.run("attach", "attestation", "--attestation", "two.json", bench.digested()));

    assertThat(attach.stderr()).isEqualTo("Using payload from: two.json");
    assertThat(bench.run("download", "attestation", bench.tagged()).stdout())
        .isEqualTo(text(one) + "\n" + text(two) + "\n"); // the very same again changes nothing
    assertThat(
            bench
                .run("download", "attestation", "--predicate-type", "spdx", bench.tagged())
                .stdout())
        .isEqualTo(text(two) + "\n");
  }

  private static String text(Bytes bytes) throws Exception {
    return bytes.toUtf8String("test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|21|attaching payload from a.json: invalid payloadType  on envelope. Expected application/vnd.in-toto+json",
        "{\"payloadType\":\"application/vnd.in-toto+json\"}|1|attaching payload from a.json: could not attach attestation without having signatures",
        "nope|21|attaching payload from a.json: ",
        "{}{|21|attaching payload from a.json: ",
        "''|21|attaching payload from a.json: a.json: holds no attestation",
      })
  void whatIsNoAttestationIsNotAttached(String content, int exit, String message) throws Exception {
    bench.write("a.json", content);

    InProcess.Result result =
        bench.run("attach", "attestation", "--attestation", "a.json", bench.digested());

    assertThat(result.exit()).isEqualTo(exit);
    assertThat(result.stderr()).contains("Error: " + message);
    assertThat(bench.app.tags()).containsExactly("v1");
  }

  @Test
  void aFileWithOneBadEnvelopeIsAttachedNotAtAll() throws Exception {
    Bytes good = Attestations.envelope(ImageBench.ALICE, bench.image(), SLSA);
    bench.write("a.json", Bytes.concat(good, Bytes.utf8("{}")));

    assertThat(
            bench.run("attach", "attestation", "--attestation", "a.json", bench.digested()).exit())
        .isEqualTo(21);
    assertThat(bench.app.tags()).containsExactly("v1");
  }

  @Test
  void downloadsWhatCanBeReadAndFailsForTheRest() throws Exception {
    Bytes one = Attestations.envelope(ImageBench.ALICE, bench.image(), SLSA);
    bench.write("a.json", one);
    ok(bench.run("attach", "attestation", "--attestation", "a.json", bench.digested()));
    bench.registry.faults().on(RequestMatch.referrers()).does(Effects.status(403));

    InProcess.Result result = bench.run("download", "attestation", bench.digested());

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stdout()).isEqualTo(text(one) + "\n");
  }

  @Test
  void uploadsUnderItsOldName() {
    assertThat(ok(bench.run("upload-blob", "-f", "hello.txt", bench.named("files:v1"))).stdout())
        .isEqualTo(
            bench.named(
                "files@sha256:0c5834c5243e64acc398983b01bc6272f6fe2f2c2320c425edf00ed9fd8e489c\n"));
  }

  @Test
  void filesOfSeveralPlatformsNeedOneEach() throws Exception {
    bench.write("b.txt", "b");
    String target = bench.named("files:v1");

    assertThat(bench.run("upload", "blob", "-f", "hello.txt:linux,b.txt:linux", target).stderr())
        .contains("each file must include a unique platform, b.txt has the platform of another");
    InProcess.Result result =
        ok(
            bench.run(
                "upload", "blob", "-f", "hello.txt:linux,b.txt:darwin/arm64", "-a", "k=v", target));
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .contains("Uploading multi-platform index to " + bench.named("files@sha256:"));
  }

  @Test
  void theTreeIsAlsoThereForPrograms() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");

    String tree = ok(bench.run("tree", "--output", "json", bench.tagged())).stdout();

    assertThat(tree)
        .startsWith(
            "{\"schemaVersion\":1,\"reference\":\""
                + bench.tagged()
                + "\",\"image\":\""
                + bench.digested()
                + "\",\"digest\":\""
                + bench.image()
                + "\",\"artifacts\":[{\"kind\":\"signatures\",\"location\":\"")
        .contains("{\"kind\":\"referrer\",\"type\":\"https://sigstore.dev/cosign/sign/v1\",")
        .endsWith("]}\n")
        .contains(ImageBench.tagName(".sig"));
  }
}
