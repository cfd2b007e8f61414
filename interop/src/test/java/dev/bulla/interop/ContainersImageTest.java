package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What podman, CRI-O and skopeo share: copying an image to this machine is allowed only with a
 * signature that {@code policy.json} asks for. It reads signatures of the older format, by key.
 */
@OnEachRegistry
@DisplayName("containers/image (podman, skopeo)")
final class ContainersImageTest {

  private final RegistryKind kind;
  private final Bench bench;

  ContainersImageTest(RegistryKind kind, Bench bench) {
    this.kind = kind;
    this.bench = bench;
  }

  /** {@code sigstoreSigned} by this key, for everything in the registry, and nothing else. */
  private static String signedBy(KeyPair pair, Image image) {
    return "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\""
        + image.shelf().host()
        + "\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\""
        + pair.pub()
        + "\",\"signedIdentity\":{\"type\":\"matchRepository\"}}]}}}";
  }

  private static Call copy(Workplace place, String policy, String from, String to, String... more) {
    place.root().resolve("registries.d").toFile().mkdir();
    place.write("../registries.d/all.yaml", "default-docker: {use-sigstore-attachments: true}\n");
    place.write("policy.json", policy);
    Path folder = place.root().resolve("registries.d");
    return place.call(
        Program.CONTAINERS_IMAGE,
        Stream.of(
                List.of("-policy", "policy.json", "-registries.d", folder.toString()),
                List.of(more),
                List.of(from, to))
            .flatMap(List::stream)
            .toList());
  }

  private static Call pull(Workplace place, KeyPair pair, Image image, String... more) {
    return copy(place, signedBy(pair, image), "docker://" + image.byTag(), "dir:pulled", more);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = SigningWay.class,
      names = {"BULLA_LEGACY", "BULLA_BOTH", "COSIGN2_LEGACY"})
  @DisplayName("pulls what is signed, with the key that signed it only")
  void pulls(SigningWay way, Workplace place) {
    Image image = bench.signed(kind, way);
    pull(place, bench.keys().generatedBy(way.program()), image).run().expect(0);
    pull(place, bench.keys().stranger(), image)
        .run()
        .expectFailure()
        .expectError("Source image rejected");
  }

  @Test
  @DisplayName("pulls nothing that is not signed")
  void unsigned(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "unsigned"), "v1");
    pull(place, bench.keys().stranger(), image)
        .run()
        .expectFailure()
        .expectError("no signature exists");
  }

  @Test
  @DisplayName("pulls an index with all its images, signed by bulla with -r")
  void index(Workplace place) {
    Image index = Samples.index(bench.shelf(kind, "index"), "v1");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    SigningWay.BULLA_LEGACY.sign(place, bench.keys(), pair, index.byDigest());
    pull(place, pair, index, "-all").run().expectFailure().expectError("no signature exists");

    SigningWay.BULLA_LEGACY.sign(place, bench.keys(), pair, index.byDigest(), "-r");
    pull(place, pair, index, "-all").run().expect(0);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Verifying.class)
  @DisplayName("signs while it copies, and all verify")
  void signs(Verifying verifier, Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "unsigned"), "v1");
    Shelf target = bench.shelf(kind, "containers");
    KeyPair pair = bench.keys().generatedBy(Program.BULLA);
    place.write("password", KeyRing.PASSWORD);
    copy(
            place,
            "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}",
            "docker://" + image.byTag(),
            "docker://" + target.repository() + ":v1",
            "-sign-by-sigstore-private-key",
            pair.key().toString(),
            "-sign-passphrase-file",
            "password")
        .run()
        .expect(0);
    assertThat(target.tagged("v1").digest()).isEqualTo(image.digest());

    verifier.verify(place, pair, target.repository() + ":v1");
    verifier
        .call(place, bench.keys().stranger(), target.repository() + ":v1")
        .run()
        .expect(Verifying.NO_MATCH);
  }

  @Test
  @DisplayName("bulla adds a signature to one of its own, and both count")
  void adds(Workplace place) {
    Image image = Samples.image(bench.shelf(kind, "shared"), "v1");
    KeyPair first = bench.keys().generatedBy(Program.COSIGN2);
    place.write("password", KeyRing.PASSWORD);
    copy(
            place,
            "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}",
            "docker://" + image.byTag(),
            "docker://" + image.byTag(),
            "-sign-by-sigstore-private-key",
            first.key().toString(),
            "-sign-passphrase-file",
            "password")
        .run()
        .expect(0);
    KeyPair second = bench.keys().generatedBy(Program.BULLA);
    SigningWay.BULLA_LEGACY.sign(place, bench.keys(), second, image.byDigest());

    for (KeyPair pair : List.of(first, second)) {
      Verifying.BULLA.verify(place, pair, image.byDigest());
      pull(place, pair, image).run().expect(0);
    }
  }
}
