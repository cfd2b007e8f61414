package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * skopeo moves images and what belongs to them. Debian's build neither makes nor checks signatures
 * of this kind ("Debian-local change: sigstore disabled").
 */
@OnEachRegistry
@DisplayName("skopeo")
final class SkopeoTest {

  private final RegistryKind kind;
  private final Bench bench;

  SkopeoTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  private static void copy(Workplace place, String from, String to) {
    place.run(
        Program.SKOPEO,
        "copy",
        "--insecure-policy",
        "--all",
        "--preserve-digests",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        from,
        to);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "COSIGN2_LEGACY"})
  @DisplayName("copies an image and its signatures from tag to tag, verified by all")
  void copies(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    Shelf shelf = bench.shelf(kind, "skopeo");
    copy(place, "docker://" + image.byTag(), "docker://" + shelf.repository() + ":v1");
    String tag = image.signatureTag("");
    copy(
        place,
        "docker://" + image.byTag().replaceFirst(":[^:/]*$", "") + ":" + tag,
        "docker://" + shelf.repository() + ":" + tag);

    assertThat(shelf.tagged("v1").digest()).isEqualTo(image.digest());
    for (Verifying verifier : Verifying.values()) {
      verifier.verify(place, bench.keys().generatedBy(way.program()), shelf.repository() + ":v1");
    }
  }

  @Test
  @DisplayName("reads what bulla copied, and bulla its folders")
  void folders(Workplace place) {
    Image index = Samples.index(bench.shelf(kind, "index"), "v1");
    Shelf shelf = bench.shelf(kind, "skopeo");
    place.run(Program.BULLA, "copy", index.byTag(), shelf.repository() + ":v1");
    copy(place, "docker://" + shelf.repository() + ":v1", "oci:folder:v1");

    Shelf again = bench.shelf(kind, "skopeo");
    place.run(Program.BULLA, "copy", "oci:folder:v1", again.repository() + ":v1");

    assertThat(again.tagged("v1").digest()).isEqualTo(index.digest());
    for (String child : place.jq(".manifests[].digest", again.manifest("v1")).split("\n", -1)) {
      // everything is there, with the digests that the manifest names
      place.run(
          Program.CRANE, "pull", "--format", "oci", again.repository() + "@" + child, "pulled");
    }
  }
}
