package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.kms.TransitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The command lines of cosign's page on key management services, for Vault, against the double of
 * its transit engine; and what their users stumble over.
 */
class VaultCommandsTest {

  private static final String TOKEN = "hvs.marked-5b7e90cd12";

  @TempDir Path folder;

  private ImageBench bench;
  private TransitServer vault;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    vault = TransitServer.start(TOKEN, "", "transit");
    bench
        .withoutEnvironment("COSIGN_PASSWORD")
        .environment("VAULT_ADDR", vault.address())
        .environment("VAULT_TOKEN", TOKEN);
  }

  @AfterEach
  void stop() {
    bench.close();
    vault.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain(TOKEN);
    return result;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hashivault://testkey", "openbao://testkey"})
  void theWholeWay(String key) throws Exception {
    assertThat(run(0, "generate-key-pair", "--kms", key).stderr())
        .isEqualTo("Public key written to cosign.pub\n");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("cosign.pub"))))
        .isEqualTo("rw-------");
    String pem = run(0, "public-key", "--key", key).stdout();
    assertThat(pem).isEqualTo(bench.read("cosign.pub")).startsWith("-----BEGIN PUBLIC KEY-----\n");

    assertThat(run(0, "sign", "--key", key, "--tlog-upload=false", bench.digested()).stderr())
        .contains("Pushing signature to: ");
    assertThat(run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged()).stderr())
        .contains("- The signatures were verified against the specified public key");

    bench.write("kms.pub", pem);
    run(0, "verify", "--key", "kms.pub", "--insecure-ignore-tlog", bench.tagged());
    run(12, "verify", "--key", "alice.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @Test
  void anotherPathOfTheEngine() throws Exception {
    try (TransitServer other = TransitServer.start(TOKEN, "", "someotherpath")) {
      bench.environment("VAULT_ADDR", other.address());
      assertThat(run(1, "generate-key-pair", "--kms", "hashivault://testkey").stderr())
          .contains("Error: creating key: no secrets engine is mounted at transit/\n")
          .contains("TRANSIT_SECRET_ENGINE_PATH");

      bench.environment("TRANSIT_SECRET_ENGINE_PATH", "someotherpath");
      run(0, "generate-key-pair", "--kms", "hashivault://testkey");
    }
  }

  @Test
  void theSpellingOfTheFirstReadme() throws Exception {
    run(0, "generate-key-pair", "-kms", "hashivault://first");
    run(0, "sign", "-kms", "hashivault://first", bench.digested());
    run(0, "verify", "-kms", "hashivault://first", bench.tagged());
    run(0, "verify", "-key", "cosign.pub", bench.tagged());
  }

  @Test
  void makingAKeyAgainWritesTheSameKey() throws Exception {
    run(0, "generate-key-pair", "--kms", "hashivault://k", "--output-key-prefix", "one");
    run(0, "generate-key-pair", "--kms", "hashivault://k", "--output-key-prefix", "two");

    assertThat(bench.read("one.pub")).isEqualTo(bench.read("two.pub"));
  }

  @Test
  void signaturesOfBeforeARotationCountUntilTheyAreRetired() throws Exception {
    run(0, "generate-key-pair", "--kms", "hashivault://k");
    run(0, "sign", "--key", "hashivault://k", "--tlog-upload=false", bench.digested());
    vault.rotate("k");
    for (String where : new String[] {"local", "remote"}) {
      run(
          0,
          "verify",
          "--key",
          "hashivault://k",
          "--insecure-ignore-tlog",
          "--kms-verify",
          where,
          bench.tagged());
    }
    run(0, "sign", "--key", "hashivault://k", "--tlog-upload=false", bench.digested());
    vault.retireOldVersions("k");
    run(12, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", "-a", "x=y", bench.tagged());
    InProcess.Result newer =
        run(0, "verify", "--key", "hashivault://k", "--insecure-ignore-tlog", bench.tagged());
    assertThat(newer.stdout().lines().filter(line -> line.contains("critical"))).hasSize(1);
  }

  @Test
  void verifyingAsksTheServiceOnce() {
    run(0, "generate-key-pair", "--kms", "hashivault://k");
    run(0, "sign", "--key", "hashivault://k", "--tlog-upload=false", bench.digested());
    run(0, "sign", "--key", "hashivault://k", "--tlog-upload=false", "-a", "b=c", bench.digested());
    int before = vault.requests();
    run(0, "verify", "--key", "hashivault://k", "--insecure-ignore-tlog", bench.tagged());

    assertThat(vault.requests() - before).isEqualTo(1);

    before = vault.requests();
    run(
        0,
        "verify",
        "--key",
        "hashivault://k",
        "--insecure-ignore-tlog",
        "--kms-verify=remote",
        bench.tagged());
    assertThat(vault.requests() - before).isEqualTo(3);
  }

  @Test
  void aServiceThatDoesNotAnswerLeavesTheQuestionOpen() {
    run(0, "generate-key-pair", "--kms", "hashivault://k");
    run(0, "sign", "--key", "hashivault://k", "--tlog-upload=false", bench.digested());
    vault.fail(KmsFault.SERVER_ERROR, 1000);

    run(20, "verify", "--key", "hashivault://k", "--insecure-ignore-tlog", bench.tagged());
    run(20, "sign", "--key", "hashivault://k", "--tlog-upload=false", bench.digested());

    vault.fail(KmsFault.NOT_PERMITTED, 1000);
    assertThat(
            run(1, "verify", "--key", "hashivault://k", "--insecure-ignore-tlog", bench.tagged())
                .stderr())
        .contains("not permitted: read on transit/keys/k\n");
  }

  @Test
  void whatIsNoKeyOfAService() {
    assertThat(
            run(1, "sign", "--key", "hashivault://a/b", "--tlog-upload=false", bench.digested())
                .stderr())
        .contains(
            "getting signer: reading key: kms get: kms specification should be in the format"
                + " hashivault://<key>");
    assertThat(run(1, "generate-key-pair", "--kms", "name").stderr())
        .contains("expected format: [plugin name]://[key ref], got: name");
    assertThat(
            run(
                    1,
                    "verify",
                    "--key",
                    "alice.pub",
                    "--insecure-ignore-tlog",
                    "--kms-verify=remote",
                    bench.tagged())
                .stderr())
        .contains("--kms-verify=remote needs a key in a service");
    bench.withoutEnvironment("VAULT_ADDR");
    assertThat(run(1, "public-key", "--key", "hashivault://k").stderr())
        .contains("VAULT_ADDR or BAO_ADDR is not set");
  }
}
