package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.digest.Digest;
import dev.bulla.oci.Descriptor;
import dev.bulla.oci.ImageIndex;
import dev.bulla.oci.MediaType;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.Faults;
import dev.bulla.testkit.registry.SampleImage;
import dev.bulla.testkit.registry.StoredRepository.StoredManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images with their evidence into folders, out of them, and evidence away. */
class MovingCommandsTest {

  @TempDir Path folder;

  private ImageBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private InProcess.Result ok(String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isZero();
    return result;
  }

  /** A referrer that is nobody's evidence. */
  private Digest note() {
    return SampleImage.referrer(
            ImageBench.IMAGE, "application/vnd.example.note", Bytes.utf8("note"), Map.of("k", "v"))
        .pushTo(bench.app);
  }

  private static Map<String, Bytes> files(Path root) throws IOException {
    Map<String, Bytes> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Bytes.of(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  // ---- folders

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void aSavedImageVerifiesWhereItIsAndAfterLoading(boolean sourceLists, boolean targetLists)
      throws Exception {
    if (!sourceLists) {
      bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
    }
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    if (sourceLists) {
      note();
    }
    InProcess.Result saved = ok("save", "--dir", "saved", bench.tagged());
    assertThat(saved.stdout() + saved.stderr()).isEmpty();
    for (String[] image :
        List.of(new String[] {"--local-image", "saved"}, new String[] {"oci:saved"})) {
      InProcess.Result verified = bench.verify(image);
      assertThat(verified.exit()).as(verified.stderr()).isZero();
      assertThat(verified.stderr()).contains("Verification for " + image[image.length - 1] + " --");
    }
    assertThat(
            bench.run("verify", "--key", "bob.pub", "--insecure-ignore-tlog", "oci:saved").exit())
        .isEqualTo(12);
    assertThat(ok("tree", "oci:saved").stdout())
        .contains("oci:saved:sha256-")
        .contains("artifacts via OCI referrer: oci:saved@sha256:");
    assertThat(ok("download", "signature", "oci:saved").stdout()).contains("dsseEnvelope");

    try (EmbeddedRegistry target = EmbeddedRegistry.start()) {
      if (!targetLists) {
        target.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND);
      }
      InProcess.Result loaded = ok("load", "--dir", "saved", target.host() + "/loaded:v1");
      assertThat(loaded.stdout() + loaded.stderr()).isEmpty();
      assertThat(bench.verify(target.host() + "/loaded:v1").exit()).isZero();
      assertThat(ok("tree", target.host() + "/loaded:v1").stdout())
          .contains("sign/v1 artifacts via OCI referrer")
          .contains(".sig");
      ok("copy", "oci:saved", target.host() + "/copied:v1");
      assertThat(bench.verify(target.host() + "/copied:v1").exit()).isZero();
    }
  }

  /** What cosign saved is loaded and saved again, and comes out as cosign wrote it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "save-image-legacy",
        "save-image-with-attestation-legacy",
        "save-image-bundle",
        "save-index-bundle"
      })
  void whatCosignSavedGoesRoundUnchanged(String name) throws Exception {
    Path layout =
        Path.of(
            MovingCommandsTest.class
                .getResource("/vectors/cosign-3.1.1/" + name + "/layout")
                .toURI());
    ok("load", "--dir", layout.toString(), bench.named("loaded:v1"));
    ok("save", "--dir", "again", bench.named("loaded:v1"));
    Map<String, Bytes> before = files(layout);
    Map<String, Bytes> after = files(folder.resolve("again"));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    Bytes index = before.remove("index.json");
    Bytes ours = after.remove("index.json");
    assertThat(after).isEqualTo(before);
    if (name.endsWith("-legacy")) {
      assertThat(ours).isEqualTo(index);
    } else {
      // cosign finds bundles by looking at every blob; they are listed for everybody else
      List<Descriptor> listed = ImageIndex.parse(ours).manifests();
      assertThat(listed.get(0)).isEqualTo(ImageIndex.parse(index).manifests().get(0));
      assertThat(listed.size()).isGreaterThan(1);
    }
  }

  @Test
  void anIndexIsSavedWithTheSignaturesOfItsImages() throws Exception {
    SampleImage index = SampleImage.twoPlatforms("many");
    index.pushTo(bench.app, "many");
    InProcess.Result signed =
        bench.sign("--recursive", "--format", "both", bench.named("app:many"));
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    ok("save", "--dir", "many", bench.named("app:many"));
    assertThat(bench.verify("oci:many").exit()).isZero();
    assertThat(bench.verify("--local-image", "many").exit()).isZero();
    for (SampleImage child : index.children()) {
      assertThat(bench.verify("oci:many@" + child.digest()).exit()).isZero();
    }
    try (EmbeddedRegistry target = EmbeddedRegistry.start()) {
      ok("load", "--dir", "many", target.host() + "/loaded:many");
      for (SampleImage child : index.children()) {
        assertThat(bench.verify(target.host() + "/loaded@" + child.digest()).exit()).isZero();
      }
    }
  }

  @Test
  void aSecondImageTakesThePlaceOfTheFirst() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    ok("save", "--dir", "saved", bench.tagged());
    SampleImage.image("second").pushTo(bench.app, "v2");
    ok("save", "--dir", "saved", bench.named("app:v2"));
    InProcess.Result unsigned = bench.verify("--local-image", "saved");
    assertThat(unsigned.exit()).isEqualTo(10);
    assertThat(unsigned.stderr())
        .contains("no signatures associated with the image saved in saved\n");
  }

  @Test
  void aDamagedFolderIsNeverCalledUnsigned() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    ok("save", "--dir", "saved", bench.tagged());
    String object = bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest().hex();
    Path blob = folder.resolve("saved/blobs/sha256/" + object);
    Files.delete(blob);
    assertThat(bench.verify("--local-image", "saved").exit()).isEqualTo(20);
    Files.writeString(blob, "{}");
    assertThat(bench.verify("--local-image", "saved").exit()).isEqualTo(20);
    InProcess.Result load = bench.run("load", "--dir", "saved", bench.named("loaded:v1"));
    assertThat(load.exit()).isEqualTo(20);
    assertThat(bench.registry.repository("loaded").manifest("v1")).isEmpty();
    // and saving again mends it
    ok("save", "--dir", "saved", bench.tagged());
    assertThat(bench.verify("--local-image", "saved").exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"oci:missing", "oci:", "oci:file/below"})
  void aFolderThatIsNotThereIsAnErrorOfItsOwn(String image) throws Exception {
    bench.write("file", "x");
    assertThat(bench.verify(image).exit()).isEqualTo(1);
    assertThat(bench.run("copy", image, bench.named("copied:v1")).exit()).isEqualTo(1);
    assertThat(bench.run("save", "--dir", "file", bench.tagged()).exit()).isEqualTo(1);
  }

  // ---- clean

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cleanTakesTheEvidenceAndLeavesTheRest(boolean lists) throws Exception {
    if (!lists) {
      bench.registry.faults().noReferrersApi(Faults.NoReferrers.NOT_FOUND).noTagDelete();
    }
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    Digest note = note();
    if (!lists) {
      // on the list under the tag too, beside the bundle
      StoredManifest tagged = bench.app.manifest(ImageBench.tagName("")).orElseThrow();
      ImageIndex index = ImageIndex.parse(tagged.content());
      List<Descriptor> entries = new java.util.ArrayList<>(index.manifests());
      StoredManifest foreign = bench.app.manifest(note).orElseThrow();
      entries.add(new Descriptor(MediaType.OCI_MANIFEST, foreign.content().size(), note));
      bench.app.putManifest(
          MediaType.OCI_INDEX.value(),
          index.withManifests(entries).toJson(),
          ImageBench.tagName(""));
    }
    SampleImage.image("neighbour").pushTo(bench.app, "v2");
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v2");
    StoredManifest before = bench.app.manifest("v1").orElseThrow();

    ok("clean", "-y", bench.tagged());
    assertThat(bench.verify(bench.tagged()).exit()).isEqualTo(10);
    assertThat(bench.app.manifest("v1")).contains(before);
    for (Digest blob : ImageBench.IMAGE.blobs().keySet()) {
      assertThat(bench.app.blob(blob)).isPresent();
    }
    assertThat(bench.app.manifest(note)).isPresent();
    if (!lists) {
      assertThat(
              ImageIndex.parse(bench.app.manifest(ImageBench.tagName("")).orElseThrow().content())
                  .manifests())
          .extracting(Descriptor::digest)
          .containsExactly(note);
    }
    assertThat(bench.verify(bench.named("app:v2")).exit()).isZero();
    // and there is a way back
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
  }

  /** Signers leave journals, from which the next one would bring the removed signatures back. */
  @Test
  void whatWasRemovedDoesNotComeBackWithTheNextSignature() throws Exception {
    bench.put(ImageBench.BOB, ImageBench.LEGACY, "app:v1");
    ok("clean", "-y", bench.tagged());
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
    assertThat(
            bench
                .run("verify", "--key", "bob.pub", "--insecure-ignore-tlog", bench.tagged())
                .exit())
        .isEqualTo(12);
  }

  /** A registry that deletes no tags would take the other image's SBOM too. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anObjectWithAFurtherNameKeepsIt(boolean deletesTags) throws Exception {
    if (!deletesTags) {
      bench.registry.faults().noTagDelete();
    }
    SampleImage other = SampleImage.image("other");
    other.pushTo(bench.app, "v2");
    SampleImage sbom = SampleImage.artifact("application/vnd.x", "text/spdx", Bytes.utf8("same"));
    String others = "sha256-" + other.digest().hex() + ".sbom";
    sbom.pushTo(bench.app, ImageBench.tagName(".sbom"), others);
    InProcess.Result cleaned = ok("clean", "--type", "sbom", "-f", bench.tagged());
    assertThat(cleaned.stderr())
        .isEqualTo(
            "Removed "
                + bench.named("app:" + ImageBench.tagName(".sbom"))
                + " from "
                + bench.tagged()
                + "\n");
    assertThat(bench.app.manifest(ImageBench.tagName(".sbom"))).isEmpty();
    assertThat(bench.app.manifest(others).orElseThrow().digest()).isEqualTo(sbom.digest());
    assertThat(bench.app.tags()).containsExactlyInAnyOrder("v1", "v2", others);
  }

  @Test
  void aRegistryThatDeletesNothingSaysSo() throws Exception {
    bench.put(ImageBench.ALICE, ImageBench.BOTH, "app:v1");
    Digest object = bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest();
    bench.registry.faults().noDelete();
    InProcess.Result cleaned = bench.run("clean", "-f", bench.tagged());
    assertThat(cleaned.exit()).isEqualTo(1);
    assertThat(cleaned.stderr())
        .contains("could not delete " + bench.named("app:" + ImageBench.tagName(".sig")))
        .contains("does not let anything be deleted");
    assertThat(bench.app.manifest(ImageBench.tagName(".sig")).orElseThrow().digest())
        .isEqualTo(object);
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
  }

  @Test
  void whatIsIgnoredIsSaid() throws Exception {
    bench.environment("COSIGN_REPOSITORY", bench.named("elsewhere"));
    assertThat(ok("clean", "-f", bench.tagged()).stderr())
        .contains("note: COSIGN_REPOSITORY is not used");
  }

  @Test
  void evidenceInAnotherRepositoryIsCopiedBesideTheTarget() throws Exception {
    bench.environment("COSIGN_REPOSITORY", bench.named("evidence"));
    InProcess.Result signed = bench.sign("--format", "legacy", bench.digested());
    assertThat(signed.exit()).as(signed.stderr()).isZero();
    ok("copy", bench.tagged(), bench.named("copied:v1"));
    bench.withoutEnvironment("COSIGN_REPOSITORY");
    assertThat(bench.verify(bench.named("copied:v1")).exit()).isZero();
  }
}
