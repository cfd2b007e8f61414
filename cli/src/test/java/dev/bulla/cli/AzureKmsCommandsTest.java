package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.key.KeyType;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.EntraServer;
import dev.bulla.testkit.kms.KeyVaultServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command lines of cosign's pages on key management services, for Azure Key Vault, over TLS
 * against the double of its API, as the service principal of the three variables there.
 */
class AzureKmsCommandsTest {

  private static final String TOKEN = "eyJ0.marked-token-90ab.";
  private static final String SECRET = "marked~secret-11c2";

  @TempDir Path folder;

  private ImageBench bench;
  private KeyVaultServer azure;
  private String reference;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    TestAuthority authority = TestAuthority.create("azure test");
    azure = KeyVaultServer.start(TOKEN, SECRET, authority.serverContext("127.0.0.1"));
    reference = "azurekms://" + azure.host() + "/foo";
    bench.write("ca.pem", authority.certificatePem());
    bench
        .withoutEnvironment("COSIGN_PASSWORD")
        .environment("SSL_CERT_FILE", "ca.pem")
        .environment("AZURE_AUTHORITY_HOST", azure.address())
        .environment("AZURE_TENANT_ID", EntraServer.TENANT)
        .environment("AZURE_CLIENT_ID", EntraServer.CLIENT)
        .environment("AZURE_CLIENT_SECRET", SECRET);
  }

  @AfterEach
  void stop() {
    bench.close();
    azure.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain("marked");
    return result;
  }

  @Test
  void theWholeWay() throws IOException {
    assertThat(run(0, "generate-key-pair", "--kms", reference).stderr())
        .isEqualTo("Public key written to cosign.pub\n");
    String pinned = reference + "/" + azure.versions("foo").get(0);
    assertThat(run(0, "public-key", "--key", pinned).stdout()).isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", reference, "--tlog-upload=false", "--format", "both", bench.digested());
    for (String key : new String[] {reference, reference + "/", pinned, "cosign.pub"}) {
      run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());
    }
    assertThat(
            run(
                    0,
                    "verify",
                    "--key",
                    reference,
                    "--insecure-ignore-tlog",
                    "--kms-verify=remote",
                    bench.tagged())
                .stderr())
        .contains("- The signatures were verified against the specified public key");
    assertThat(azure.needed()).contains("verify");
  }

  @Test
  void theSpellingOfTheFirstReadme() {
    run(0, "generate-key-pair", "-kms", reference);
    run(0, "sign", "-key", reference, bench.digested());
    run(0, "verify", "-key", reference, bench.tagged());
    run(0, "verify", "-key", "cosign.pub", bench.tagged());
  }

  @Test
  void signaturesOfBeforeARotationCountUntilTheVersionIsDisabled() {
    run(0, "generate-key-pair", "--kms", reference);
    run(0, "sign", "--key", reference, "--tlog-upload=false", bench.digested());
    azure.rotate("foo");
    run(0, "verify", "--key", reference, "--insecure-ignore-tlog", bench.tagged());
    azure.disable("foo", false);

    run(12, "verify", "--key", reference, "--insecure-ignore-tlog", bench.tagged());
    String pinned = reference + "/" + azure.versions("foo").get(0);
    assertThat(run(1, "verify", "--key", pinned, "--insecure-ignore-tlog", bench.tagged()).stderr())
        .contains("is disabled");
  }

  /** cosign cannot sign with some of these; openssl and cosign.pub verify all of them. */
  @Test
  void everyTypeOfKey() throws IOException {
    for (KeyType type : KeyType.values()) {
      if (type != KeyType.ED25519) {
        azure.add("foo", type, type.family() + "-HSM", "P-256", List.of("sign", "verify"));
        String annotation = "type=" + type;
        run(
            0,
            "sign",
            "--key",
            reference,
            "--tlog-upload=false",
            "-a",
            annotation,
            bench.digested());
        bench.write("foo.pub", run(0, "public-key", "--key", reference).stdout());
        run(
            0,
            "verify",
            "--key",
            "foo.pub",
            "--insecure-ignore-tlog",
            "-a",
            annotation,
            bench.tagged());
      }
    }
  }

  /** Stated in docs/kms.md: what suffices for each, and that no more is asked for. */
  @Test
  void theLeastRights() {
    azure.add("foo", KeyType.EC_P256);
    String pinned = reference + "/" + azure.versions("foo").get(0);
    azure.grantOnly(Set.of("get", "sign"));
    run(0, "sign", "--key", pinned, "--tlog-upload=false", bench.digested());
    azure.grantOnly(Set.of("get"));
    run(0, "verify", "--key", pinned, "--insecure-ignore-tlog", bench.tagged());
    assertThat(
            run(0, "verify", "--key", reference, "--insecure-ignore-tlog", bench.tagged()).stderr())
        .contains("not permitted: keys/list");
    assertThat(
            run(1, "sign", "--key", pinned, "--tlog-upload=false", "-a", "b=c", bench.digested())
                .stderr())
        .contains("not permitted: keys/sign");
    assertThat(
            run(
                    20,
                    "verify",
                    "--key",
                    pinned,
                    "--insecure-ignore-tlog",
                    "--kms-verify=remote",
                    bench.tagged())
                .stderr())
        .contains("not permitted: keys/verify");
    azure.grantOnly(Set.of("get", "list"));
    run(0, "verify", "--key", reference, "--insecure-ignore-tlog", bench.tagged());
    assertThat(run(1, "generate-key-pair", "--kms", reference.replace("foo", "new")).stderr())
        .contains("not permitted: keys/create");
    azure.grantOnly(Set.of());
    assertThat(run(1, "public-key", "--key", pinned).stderr()).contains("not permitted: keys/get");
  }

  @Test
  void withoutCredentialsItSaysHowToGetThem() {
    azure.add("foo", KeyType.EC_P256);
    bench
        .withoutEnvironment("AZURE_CLIENT_SECRET")
        .withoutEnvironment("PATH")
        .environment("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9");

    assertThat(run(1, "public-key", "--key", reference).stderr())
        .contains("no Azure credentials were found")
        .contains("az login");
  }

  /** What stands on the page in brackets is the whole host; a bare name gets its domain. */
  @Test
  void theFormOnThePage() {
    assertThat(run(1, "public-key", "--key", "azurekms://[VAULT_NAME][VAULT_URI]/[KEY]").stderr())
        .contains("kms specification should be in the format azurekms://");
  }
}
