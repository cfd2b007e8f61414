package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --recursive}: what one signs, the others find on every manifest. */
@OnEachRegistry
@DisplayName("index")
final class IndexTest {

  private final RegistryKind kind;
  private final Bench bench;

  IndexTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("with -r, every manifest")
  void recursiveSigningReachesEveryManifest(SigningWay way, Workplace place) {
    Image index = Samples.index(bench.shelf(kind, "index"), "v1");
    Untouched before = Untouched.look(place, index);
    signAndVerifyAll(way, place, index, 3, "-r");
    before.check();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("of indexes, with -r")
  void recursiveSigningReachesIndexesInAnIndex(SigningWay way, Workplace place) {
    Image index = Samples.nestedIndex(bench.shelf(kind, "nested"), "v1");
    signAndVerifyAll(way, place, index, 5, "--recursive");
  }

  private void signAndVerifyAll(
      SigningWay way, Workplace place, Image index, int expected, String flag) {
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, index.byDigest(), flag);
    List<String> manifests = manifests(place, index, index.digest());
    assertThat(manifests).hasSize(expected);
    for (Verifying verifier : Verifying.values()) {
      if (!verifier.reads(way)) {
        continue;
      }
      // all in one call: each is checked, and the first that is not signed ends it
      List<String> references =
          manifests.stream().map(digest -> index.shelf().repository() + "@" + digest).toList();
      String[] others = references.subList(1, references.size()).toArray(String[]::new);
      Finished verified = verifier.verify(place, pair, references.get(0), others);
      assertThat(verified.text().lines().filter(line -> line.startsWith("[")).count())
          .as(verifier.toString())
          .isEqualTo(expected);
    }
  }

  private static List<String> manifests(Workplace place, Image index, String digest) {
    List<String> found = new ArrayList<>(List.of(digest));
    String children = place.jq(".manifests // [] | .[].digest", index.shelf().manifest(digest));
    children.lines().forEach(child -> found.addAll(manifests(place, index, child)));
    return found;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BULLA_LEGACY", "BULLA_BUNDLE"})
  @DisplayName("without -r, only itself")
  void signingAnIndexLeavesItsImagesUnsigned(SigningWay way, Workplace place) {
    Image index = Samples.index(bench.shelf(kind, "flat"), "v1");
    KeyPair pair = bench.keys().generatedBy(way.program());
    way.sign(place, bench.keys(), pair, index.byDigest());
    String child = manifests(place, index, index.digest()).get(1);
    for (Verifying verifier : Verifying.values()) {
      if (verifier.reads(way)) {
        verifier.verify(place, pair, index.byTag());
        verifier
            .call(place, pair, index.shelf().repository() + "@" + child)
            .run()
            .expect(Verifying.NO_SIGNATURE);
      }
    }
  }
}
