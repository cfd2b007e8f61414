package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.TransitServer;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same keys in the double of a transit engine, used by bulla and by real cosign. */
@Interop
@DisplayName("Vault (double)")
final class VaultTest {

  private static TransitServer vault;

  private final Bench bench;

  VaultTest(Bench bench) {
    this.bench = bench;
  }

  @BeforeAll
  static void start() throws IOException {
    vault = TransitServer.start("testtoken", "", "transit");
  }

  @AfterAll
  static void stop() {
    if (vault != null) {
      vault.close();
    }
  }

  private static Finished run(Workplace place, Program program, String... line) {
    return place
        .call(program, line)
        .env(Map.of("VAULT_ADDR", vault.address(), "VAULT_TOKEN", "testtoken"))
        .run();
  }

  static Stream<Arguments> pairs() {
    return Stream.of("hashivault", "openbao")
        .flatMap(
            scheme ->
                Stream.of(
                    Arguments.of(scheme, Program.BULLA, Program.COSIGN3),
                    Arguments.of(scheme, Program.COSIGN3, Program.BULLA)));
  }

  @ParameterizedTest(name = "{0}://, {1} -> {2}")
  @MethodSource("pairs")
  @DisplayName("key made, image signed, verified by both")
  void oneKeyForBoth(String scheme, Program maker, Program signer, Workplace place) {
    String key = scheme + "://pair-" + scheme + "-" + maker.command();
    run(place, maker, "generate-key-pair", "--kms", key).expect(0);
    byte[] exported = place.read("cosign.pub");
    for (Program program : new Program[] {Program.BULLA, Program.COSIGN3}) {
      assertThat(run(place, program, "public-key", "--key", key).expect(0).out())
          .isEqualTo(exported);
    }
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "vault"), "v1");
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
  }

  @Test
  @DisplayName("after a rotation bulla still verifies")
  void rotation(Workplace place) {
    run(place, Program.BULLA, "generate-key-pair", "--kms", "hashivault://turning").expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "vault"), "v1");
    run(
            place,
            Program.BULLA,
            "sign",
            "--key",
            "hashivault://turning",
            "--tlog-upload=false",
            image.byDigest())
        .expect(0);
    vault.rotate("turning");
    run(
            place,
            Program.BULLA,
            "verify",
            "--key",
            "hashivault://turning",
            "--insecure-ignore-tlog",
            image.byDigest())
        .expect(0);
  }
}
