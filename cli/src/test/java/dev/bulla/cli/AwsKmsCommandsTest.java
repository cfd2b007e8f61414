package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.AwsKmsServer;
import dev.bulla.testkit.kms.KmsFault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command lines of cosign's page on key management services, for AWS KMS, over TLS against the
 * double of its API.
 */
class AwsKmsCommandsTest {

  private static final String SECRET = "marked+aws/secret-77e1";

  @TempDir Path folder;

  private ImageBench bench;
  private AwsKmsServer aws;
  private String alias;

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    TestAuthority authority = TestAuthority.create("aws test");
    aws = AwsKmsServer.startTls("AKIATEST", authority.serverContext("127.0.0.1"));
    alias = "awskms://" + aws.host() + "/alias/ExampleAlias";
    bench.write("ca.pem", authority.certificatePem());
    bench
        .withoutEnvironment("COSIGN_PASSWORD")
        .environment("AWS_CA_BUNDLE", "ca.pem")
        .environment("AWS_REGION", AwsKmsServer.REGION)
        .environment("AWS_ACCESS_KEY_ID", "AKIATEST")
        .environment("AWS_SECRET_ACCESS_KEY", SECRET);
  }

  @AfterEach
  void stop() {
    bench.close();
    aws.close();
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr()).doesNotContain(SECRET);
    return result;
  }

  @Test
  void theWholeWay() throws Exception {
    assertThat(run(0, "generate-key-pair", "--kms", alias).stderr())
        .isEqualTo("Public key written to cosign.pub\n");
    assertThat(run(0, "public-key", "--key", alias).stdout()).isEqualTo(bench.read("cosign.pub"));
    run(0, "sign", "--key", alias, "--tlog-upload=false", "--format", "both", bench.digested());
    run(0, "verify", "--key", alias, "--insecure-ignore-tlog", bench.tagged());
    run(
        0,
        "verify",
        "--key",
        alias,
        "--insecure-ignore-tlog",
        "--kms-verify=remote",
        bench.tagged());
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", bench.tagged());
  }

  @Test
  void aKeyOfRsaMadeElsewhere() {
    aws.add("1234abcd-12ab-34cd-56ef-1234567890ab", "rsa", "RSA_4096");
    String key =
        "awskms://"
            + aws.host()
            + "/arn:aws:kms:us-east-2:111122223333:key/"
            + "1234abcd-12ab-34cd-56ef-1234567890ab";

    run(0, "sign", "--key", key, "--tlog-upload=false", bench.digested());
    run(0, "verify", "--key", key, "--insecure-ignore-tlog", bench.tagged());
    assertThat(run(1, "generate-key-pair", "--kms", key).stderr())
        .contains("must use alias key format");
  }

  @Test
  void theCheckOfTheCertificateIsLeftOutOnlyWhenAsked() {
    bench.withoutEnvironment("AWS_CA_BUNDLE");
    run(20, "generate-key-pair", "--kms", alias);

    bench.environment("AWS_TLS_INSECURE_SKIP_VERIFY", "1");
    assertThat(run(0, "generate-key-pair", "--kms", alias).stderr())
        .contains("AWS_TLS_INSECURE_SKIP_VERIFY is set");
  }

  @Test
  void aMissingRightHasItsName() {
    run(0, "generate-key-pair", "--kms", alias);
    aws.fail(KmsFault.NOT_PERMITTED, 1000);

    assertThat(run(1, "verify", "--key", alias, "--insecure-ignore-tlog", bench.tagged()).stderr())
        .contains("not permitted: kms:GetPublicKey\n");
  }
}
