package dev.bulla.interop;

import dev.bulla.testkit.kms.PluginProgram;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same keys behind the same plugin program, used by bulla and by real cosign. */
@Interop
@DisplayName("a plugin program")
final class PluginTest {

  private final Bench bench;

  PluginTest(Bench bench) {
    this.bench = bench;
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("dev.bulla.interop.SharedKey#pairs")
  @DisplayName("key made, image signed, verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) throws IOException {
    PluginProgram.install(place.folder(), "folder", System.getProperty("java.class.path"));
    SharedKey key =
        new SharedKey(place, Map.of("PATH", place.folder() + ":/usr/bin:/bin"), "folder://k");
    key.run(maker, "generate-key-pair", "--kms", key.reference()).expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "plugin"), "v1");
    key.worksForBoth(signer, image, place.read("cosign.pub"));
    key.isVerifiedRemotely(image);
  }
}
