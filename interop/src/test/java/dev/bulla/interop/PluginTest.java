package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.PluginProgram;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same keys behind the same plugin program, used by bulla and by real cosign. */
@Interop
@DisplayName("a plugin program")
final class PluginTest {

  private final Bench bench;

  PluginTest(Bench bench) {
    this.bench = bench;
  }

  private static Finished run(Workplace place, Program program, String... line) {
    return place.call(program, line).env(Map.of("PATH", place.folder() + ":/usr/bin:/bin")).run();
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Program.BULLA, Program.COSIGN3)
        .flatMap(maker ->
            Stream.of(Program.BULLA, Program.COSIGN3).map(signer -> Arguments.of(maker, signer)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("pairs")
  @DisplayName("key made, image signed, verified by both")
  void oneKeyForBoth(Program maker, Program signer, Workplace place) throws IOException {
    PluginProgram.install(place.folder(), "folder", System.getProperty("java.class.path"));
    String key = "folder://k";
    run(place, maker, "generate-key-pair", "--kms", key).expect(0);
    byte[] exported = place.read("cosign.pub");
    for (Program program : new Program[] {Program.BULLA, Program.COSIGN3}) {
      assertThat(run(place, program, "public-key", "--key", key).expect(0).out())
          .isEqualTo(exported);
    }
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "plugin"), "v1");
    sign(place, signer, key, image);
    for (String verifying : new String[] {key, "cosign.pub"}) {
      for (Program program : new Program[] {Program.BULLA, Program.COSIGN3}) {
        run(
                place,
                program,
                "verify",
                "--key",
                verifying,
                "--insecure-ignore-tlog=true",
                image.byDigest())
            .expect(0);
      }
    }
    run(
            place,
            Program.BULLA,
            "verify",
            "--kms-verify=remote",
            "--key",
            key,
            "--insecure-ignore-tlog",
            image.byDigest())
        .expect(0);
  }

  private static void sign(Workplace place, Program signer, String key, Image image) {
    if (signer == Program.BULLA) {
      run(place, signer, "sign", "--key", key, "--tlog-upload=false", image.byDigest()).expect(0);
    } else {
      run(
              place,
              signer,
              "sign",
              "--key",
              key,
              "--tlog-upload=false",
              "--use-signing-config=false",
              "--new-bundle-format=false",
              "--yes",
              image.byDigest())
          .expect(0);
    }
  }
}
