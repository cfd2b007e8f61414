package dev.bulla.interop;

import dev.bulla.testkit.kms.TransitServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys in the double of a transit engine. Debian builds cosign without its Vault client, so cosign
 * takes part with the exported key.
 */
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

  @ParameterizedTest(name = "{0}://")
  @ValueSource(strings = {"hashivault", "openbao"})
  @DisplayName("bulla signs with the key, cosign and openssl verify with the exported one")
  void theExportedKeyVerifies(String scheme, Workplace place) {
    String key = scheme + "://exported";
    run(place, Program.BULLA, "generate-key-pair", "--kms", key).expect(0);
    Image image = Samples.image(bench.shelf(RegistryKind.OLAREG, "vault"), "v1");
    run(
            place,
            Program.BULLA,
            "sign",
            "--key",
            key,
            "--tlog-upload=false",
            "--output-signature=s.b64",
            "--output-payload=payload",
            image.byDigest())
        .expect(0);
    for (String verifying : new String[] {key, "cosign.pub"}) {
      run(
              place,
              Program.BULLA,
              "verify",
              "--key",
              verifying,
              "--insecure-ignore-tlog",
              image.byDigest())
          .expect(0);
    }
    run(
            place,
            Program.COSIGN3,
            "verify",
            "--key",
            "cosign.pub",
            "--insecure-ignore-tlog=true",
            image.byDigest())
        .expect(0);
    place.shell("base64 -d s.b64 >s").run().expect(0);
    place.run(
        Program.OPENSSL, "dgst", "-sha256", "-verify", "cosign.pub", "-signature", "s", "payload");
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
