package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.registry.Effects;
import dev.bulla.testkit.registry.RequestMatch;
import dev.bulla.testkit.registry.SampleImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GcCommandTest {

  private static final SampleImage GONE = SampleImage.image("gone");

  @TempDir Path folder;

  private ImageBench bench;
  private String object;

  @BeforeEach
  void start() throws Exception {
    bench = new ImageBench(folder);
    GONE.pushTo(bench.app, "gone");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:gone");
    bench.put(ImageBench.ALICE, ImageBench.LEGACY, "app:v1");
    object = "sha256-" + GONE.digest().hex() + ".sig";
    bench.app.deleteManifest(GONE.digest());
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--plan"})
  void onlySaysWhatItWouldDelete(String flag) {
    List<String> before = bench.app.tags();

    InProcess.Result result =
        flag.isEmpty()
            ? bench.run("gc", bench.named("app"))
            : bench.run("gc", flag, bench.named("app"));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout())
        .startsWith("Evidence of images that are gone from " + bench.named("app") + ":\n")
        .contains("  delete signatures " + object + " of " + GONE.digest() + "\n")
        .doesNotContain(bench.image().hex());
    assertThat(result.stderr()).contains("note: nothing was deleted: add --yes to do so");
    assertThat(bench.app.tags()).isEqualTo(before);
  }

  @Test
  void deletesWhatItSays() {
    InProcess.Result result = bench.run("gc", "--yes", bench.named("app"));

    assertThat(result.exit()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("  delete signatures " + object);
    assertThat(result.stderr()).contains("Deleted " + object);
    assertThat(bench.app.tags())
        .contains("v1", ImageBench.tagName(".sig"))
        .noneMatch(tag -> tag.contains(GONE.digest().hex()));
    assertThat(bench.verify(bench.tagged()).exit()).isZero();
    assertThat(bench.run("gc", "--yes", bench.named("app")).stdout())
        .isEqualTo("Nothing to delete in " + bench.named("app") + "\n");
  }

  @Test
  void tellsProgramsWhatBecameOfEachStep() {
    assertThat(bench.run("gc", "--yes", "--output", "json", bench.named("app")).stdout())
        .startsWith("{\"schemaVersion\":1,\"repository\":\"" + bench.named("app") + "\"")
        .contains("\"executed\":true")
        .contains(
            "{\"action\":\"delete\",\"outcome\":\"deleted\",\"kind\":\"signatures\",\"tag\":\""
                + object);
  }

  @Test
  void oneImageMeansItsEvidenceAlone() {
    assertThat(bench.run("gc", bench.digested()).stdout()).startsWith("Nothing to delete");
    assertThat(bench.run("gc", bench.named("app@" + GONE.digest())).stdout()).contains(object);
  }

  @Test
  void whatCannotBeLookedAtIsUndecidedAndDeletesNothing() {
    List<String> before = bench.app.tags();
    bench
        .registry
        .faults()
        .on(RequestMatch.any().path(".*" + GONE.digest().hex() + "$"))
        .does(Effects.status(403));

    InProcess.Result result = bench.run("gc", "--yes", bench.named("app"));

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stdout()).isEmpty();
    assertThat(bench.app.tags()).isEqualTo(before);
  }

  @Test
  void aRegistryThatDeletesNothingIsSaidSo() {
    bench.registry.faults().noDelete();

    InProcess.Result result = bench.run("gc", "--yes", bench.named("app"));

    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("note: " + object + ": ");
  }

  @Test
  void deletesNothingOnTheWordOfA403() {
    assertThat(
            bench
                .run("gc", "--yes", "--missing-is-403", bench.registry.host(), bench.named("app"))
                .exit())
        .isEqualTo(1);
  }
}
