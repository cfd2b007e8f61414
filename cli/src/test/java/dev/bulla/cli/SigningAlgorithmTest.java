package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.bytes.Bytes;
import dev.bulla.key.KeyType;
import dev.bulla.key.VerificationKey;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.AwsKmsServer;
import dev.bulla.testkit.kms.GcpKmsServer;
import dev.bulla.testkit.kms.TransitServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code generate-key-pair --signing-algorithm}, for files and for each kind of service. */
class SigningAlgorithmTest {

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

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    return result;
  }

  private KeyType type() throws Exception {
    return VerificationKey.parsePem(Bytes.utf8(bench.read("cosign.pub")), "key").type();
  }

  /** Signs, verifies by the reference, exports, and verifies without the service. */
  private void worksEverywhere(String key) throws Exception {
    run(0, "sign", "--key", key, "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());
    bench.write("kms.pub", run(0, "public-key", "--key", key).stdout());
    assertThat(bench.read("kms.pub")).isEqualTo(bench.read("cosign.pub"));
    bench
        .withoutEnvironment("VAULT_ADDR")
        .withoutEnvironment("AWS_ACCESS_KEY_ID")
        .withoutEnvironment("GOOGLE_APPLICATION_CREDENTIALS");
    run(0, "verify", "--key", "kms.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @ParameterizedTest
  @CsvSource({
    "ecdsa-sha2-384-nistp384,EC_P384",
    "ed25519,ED25519",
    "rsa-sign-pkcs1-2048-sha256,RSA_2048"
  })
  void ofAFile(String name, KeyType type) throws Exception {
    run(0, "generate-key-pair", "--signing-algorithm", name);
    assertThat(type()).isEqualTo(type);
    run(0, "sign", "--key", "cosign.key", "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @ParameterizedTest
  @CsvSource({
    "ecdsa-sha2-256-nistp256,EC_P256",
    "ecdsa-sha2-512-nistp521,EC_P521",
    "ed25519,ED25519",
    "rsa-sign-pkcs1-3072-sha256,RSA_3072"
  })
  void ofAKeyInVault(String name, KeyType type) throws Exception {
    try (TransitServer vault = TransitServer.start("t0ken", "", "transit")) {
      bench.environment("VAULT_ADDR", vault.address()).environment("VAULT_TOKEN", "t0ken");
      run(0, "generate-key-pair", "--kms", "hashivault://k", "--signing-algorithm", name);
      assertThat(type()).isEqualTo(type);
      worksEverywhere("hashivault://k");
    }
  }

  @ParameterizedTest
  @CsvSource({"ecdsa-sha2-384-nistp384,EC_P384", "rsa-sign-pkcs1-2048-sha256,RSA_2048"})
  void ofAKeyInAws(String name, KeyType type) throws Exception {
    TestAuthority authority = TestAuthority.create("aws test");
    bench.write("ca.pem", authority.certificatePem());
    try (AwsKmsServer aws =
        AwsKmsServer.startTls("AKIATEST", authority.serverContext("127.0.0.1"))) {
      bench
          .environment("AWS_CA_BUNDLE", "ca.pem")
          .environment("AWS_REGION", AwsKmsServer.REGION)
          .environment("AWS_ACCESS_KEY_ID", "AKIATEST")
          .environment("AWS_SECRET_ACCESS_KEY", "secret");
      String key = "awskms://" + aws.host() + "/alias/k";
      run(0, "generate-key-pair", "--kms", key, "--signing-algorithm", name);
      assertThat(type()).isEqualTo(type);
      run(1, "generate-key-pair", "--kms", key + "2", "--signing-algorithm", "ed25519");
      worksEverywhere(key);
    }
  }

  @ParameterizedTest
  @CsvSource({"ecdsa-sha2-384-nistp384,EC_P384", "ed25519,ED25519"})
  void ofAKeyAtGoogle(String name, KeyType type) throws Exception {
    try (GcpKmsServer google = GcpKmsServer.start("t0ken", "1//refresh")) {
      bench.write("account.json", google.serviceAccountFile());
      bench
          .environment("GOOGLE_APPLICATION_CREDENTIALS", "account.json")
          .environment("GCE_METADATA_HOST", "127.0.0.1:9")
          .environment("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", google.address() + "/");
      String key =
          "gcpkms://projects/"
              + GcpKmsServer.PROJECT
              + "/locations/global/keyRings/made/cryptoKeys/k";
      run(0, "generate-key-pair", "--kms", key, "--signing-algorithm", name);
      assertThat(type()).isEqualTo(type);
      worksEverywhere(key);
    }
  }

  @Test
  void aKeyOfAnotherTypeStaysAndSaysSo() throws Exception {
    try (TransitServer vault = TransitServer.start("t0ken", "", "transit")) {
      bench.environment("VAULT_ADDR", vault.address()).environment("VAULT_TOKEN", "t0ken");
      run(0, "generate-key-pair", "--kms", "hashivault://k");
      assertThat(
              run(
                      1,
                      "generate-key-pair",
                      "--kms=hashivault://k",
                      "--signing-algorithm=ed25519",
                      "--output-key-prefix=second")
                  .stderr())
          .contains("creating key: there is one already, of type ECDSA P-256");
      assertThat(folder.resolve("second.pub")).doesNotExist();
    }
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThat(run(1, "generate-key-pair", "--signing-algorithm", "dsa").stderr())
        .contains("unknown signing algorithm: dsa", "rsa-sign-pkcs1-4096-sha256, ed25519");
    assertThat(folder.resolve("cosign.key")).doesNotExist();
  }
}
