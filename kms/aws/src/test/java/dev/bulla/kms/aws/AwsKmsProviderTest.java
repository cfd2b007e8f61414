package dev.bulla.kms.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsKey;
import dev.bulla.keys.kms.KmsProviders;
import dev.bulla.keys.kms.KmsSigner;
import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.AwsKmsServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References and variables, over TLS against the double. */
class AwsKmsProviderTest {

  private static final String ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

  @TempDir Path home;

  private final Map<String, String> variables = AwsKmsBench.variables();
  private final List<String> warnings = new ArrayList<>();
  private final TestAuthority authority = TestAuthority.create("aws test");
  private AwsKmsServer server;

  @BeforeEach
  void start() throws Exception {
    server = AwsKmsServer.startTls(AwsKmsBench.ACCESS_KEY, authority.serverContext("127.0.0.1"));
    server.add(ID, "ExampleAlias", "ECC_NIST_P256");
    Files.writeString(home.resolve("ca.pem"), authority.certificatePem());
    variables.put("HOME", home.toString());
    variables.put("AWS_CA_BUNDLE", "ca.pem");
    variables.put("AWS_EC2_METADATA_DISABLED", "true");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private KmsKey open(String reference) throws KeyException {
    return KmsProviders.onClassPath()
        .find("awskms")
        .orElseThrow()
        .open(
            reference,
            new KmsContext(
                name -> Optional.ofNullable(variables.get(name)),
                home,
                Duration.ofSeconds(20),
                warnings::add));
  }

  private void signWith(String reference) throws KeyException {
    try (KmsSigner signer = KmsSigner.open(open(reference))) {
      assertThat(signer.sign(Bytes.utf8("message")).size()).isPositive();
    }
  }

  private String here(String key) {
    return "awskms://" + server.host() + "/" + key;
  }

  private KeyException refusal(Problem problem, String reference) {
    return assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> signWith(reference))
        .matches(e -> e.problem() == problem, problem.toString())
        .matches(e -> !e.toString().contains(AwsKmsBench.SECRET_KEY))
        .actual();
  }

  /** The eight of the document. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "awskms:///1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms://localhost:4566/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:///arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms://localhost:4566/arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:///alias/ExampleAlias",
        "awskms://localhost:4566/alias/ExampleAlias",
        "awskms:///arn:aws:kms:us-east-2:111122223333:alias/ExampleAlias",
        "awskms://localhost:4566/arn:aws:kms:us-east-2:111122223333:alias/ExampleAlias"
      })
  void theDocumentedReferencesSign(String documented) throws Exception {
    if (documented.startsWith("awskms:///")) {
      variables.put("AWS_ENDPOINT_URL_KMS", server.address());
      signWith(documented);
    } else {
      signWith(documented.replace("localhost:4566", server.host()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "awskms:///mrk-1234abcd12ab34cd56ef1234567890ab",
        "awskms:///1234ABCD12ab34cd56ef1234567890ab",
        "awskms:///arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/Ex",
        "awskms:///arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:///alias/",
        "awskms:///alias/a/b/c",
        "awskms://[::1]:4566/alias/a"
      })
  void otherReferences(String reference) throws Exception {
    open(reference).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "awskms://",
        "awskms:///",
        "awskms:///missingalias",
        "awskms:///1234abcd-12ab-YYYY-56ef-1234567890ab",
        "awskms://1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:///key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:///arn:aws:kms:us-east-2:1111:alias/x",
        "awskms:///arn:aws:sqs:us-east-2:111122223333:alias/x",
        "awskms://user@host/alias/x",
        "awskms://host?x/alias/x",
        "awskms://host#x/alias/x",
        "awskms:///alias/a\nb"
      })
  void whatIsNoReference(String reference) {
    assertThatExceptionOfType(KeyException.class)
        .isThrownBy(() -> open(reference))
        .withMessage(
            "kms specification should be in the format awskms://[ENDPOINT]/[ID/ALIAS/ARN] (endpoint"
                + " optional)");
  }

  @Test
  void keysAreMadeByAliasOnly() throws Exception {
    try (KmsKey key = open(here("alias/new"))) {
      key.create(Optional.empty());
    }
    try (KmsKey key = open(here(AwsArn.of("alias/newer")))) {
      key.create(Optional.empty());
    }
    signWith(here("alias/newer"));
    try (KmsKey key = open(here(ID))) {
      assertThatExceptionOfType(KeyException.class)
          .isThrownBy(() -> key.create(Optional.empty()))
          .withMessage("must use alias key format");
    }
  }

  /** The account and region of the double. */
  private static final class AwsArn {
    static String of(String resource) {
      return "arn:aws:kms:" + AwsKmsServer.REGION + ":" + AwsKmsServer.ACCOUNT + ":" + resource;
    }
  }

  @Test
  void theRegionComesFromVariablesProfilesOrTheArn() throws Exception {
    variables.remove("AWS_REGION");
    signWith(here(AwsArn.of("alias/ExampleAlias")));
    assertThat(refusal(Problem.MISCONFIGURED, here("alias/ExampleAlias")))
        .hasMessage("AWS KMS: no region is configured");

    variables.put("AWS_DEFAULT_REGION", AwsKmsServer.REGION);
    signWith(here("alias/ExampleAlias"));
    variables.put("AWS_REGION", "eu-west-1");
    assertThat(refusal(Problem.NOT_AUTHENTICATED, here("alias/ExampleAlias")))
        .hasMessageContaining("valid region");
    variables.remove("AWS_REGION");
    variables.remove("AWS_DEFAULT_REGION");

    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/config"),
        "[default]\nregion = eu-west-1\n[profile there]\nregion = " + AwsKmsServer.REGION + "\n");
    variables.put("AWS_PROFILE", "there");
    signWith(here("alias/ExampleAlias"));
  }

  @Test
  void anArnOfAnotherRegionSaysSo() {
    assertThat(
            refusal(
                    Problem.MISCONFIGURED,
                    here("arn:aws:kms:eu-west-1:111122223333:alias/ExampleAlias"))
                .hint())
        .hasValue("an ARN is known in its own region only: set AWS_REGION to it");
  }

  @Test
  void theProfileThatIsAskedForCounts() throws Exception {
    for (String name : List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")) {
      variables.remove(name);
    }
    Files.writeString(
        home.resolve("keys"),
        "[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = x\n[work]\n"
            + "aws_access_key_id = "
            + AwsKmsBench.ACCESS_KEY
            + "\naws_secret_access_key = "
            + AwsKmsBench.SECRET_KEY
            + "\n");
    variables.put("AWS_SHARED_CREDENTIALS_FILE", "keys");
    refusal(Problem.NOT_AUTHENTICATED, here("alias/ExampleAlias"));

    variables.put("AWS_PROFILE", "work");
    signWith(here("alias/ExampleAlias"));

    variables.put("AWS_PROFILE", "absent");
    assertThat(refusal(Problem.MISCONFIGURED, here("alias/ExampleAlias")))
        .hasMessage("AWS KMS: there is no profile \"absent\"");
  }

  @Test
  void olderSpellingsOfTheVariables() throws Exception {
    variables.put("AWS_ACCESS_KEY", variables.remove("AWS_ACCESS_KEY_ID"));
    variables.put("AWS_SECRET_KEY", variables.remove("AWS_SECRET_ACCESS_KEY"));

    signWith(here("alias/ExampleAlias"));
  }

  @Test
  void aFileOfProfilesThatCannotBeReadShowsNothingOfIt() throws Exception {
    Files.writeString(home.resolve("keys"), AwsKmsBench.SECRET_KEY + "\n[broken");
    variables.put("AWS_SHARED_CREDENTIALS_FILE", "keys");

    refusal(Problem.MISCONFIGURED, here("alias/ExampleAlias"));
  }

  @Test
  void believesTheBundleAndNoOther() throws Exception {
    variables.remove("AWS_CA_BUNDLE");
    assertThat(refusal(Problem.UNREACHABLE, here("alias/ExampleAlias")))
        .hasMessageContaining("certification path");
    variables.put("SSL_CERT_FILE", "ca.pem");
    signWith(here("alias/ExampleAlias"));
    assertThat(warnings).isEmpty();
  }

  @Test
  void skipsTheCheckOfCertificatesForExactlyOne() throws Exception {
    variables.remove("AWS_CA_BUNDLE");
    try (AwsKmsServer elsewhere =
        AwsKmsServer.startTls(AwsKmsBench.ACCESS_KEY, authority.serverContext("other.example"))) {
      elsewhere.add(ID, "ExampleAlias", "ECC_NIST_P256");
      String reference = "awskms://" + elsewhere.host() + "/alias/ExampleAlias";
      variables.put("AWS_TLS_INSECURE_SKIP_VERIFY", "1");
      signWith(reference);
      assertThat(warnings).singleElement().asString().contains("AWS_TLS_INSECURE_SKIP_VERIFY");

      variables.put("AWS_TLS_INSECURE_SKIP_VERIFY", "true");
      refusal(Problem.UNREACHABLE, reference);
    }
  }

  @Test
  void theServiceIsReachedThroughTheProxy() throws Exception {
    try (AwsKmsServer elsewhere =
            AwsKmsServer.startTls(AwsKmsBench.ACCESS_KEY, authority.serverContext("kms.example"));
        ForwardProxy proxy =
            ForwardProxy.start()
                .leading(
                    "kms.example:443",
                    new InetSocketAddress(
                        InetAddress.getLoopbackAddress(),
                        URI.create(elsewhere.address()).getPort()))) {
      elsewhere.add(ID, "ExampleAlias", "ECC_NIST_P256");
      variables.put("HTTPS_PROXY", "http://" + proxy.host());
      signWith("awskms://kms.example:443/alias/ExampleAlias");

      assertThat(proxy.lines()).isNotEmpty().allMatch(line -> line.contains("kms.example:443"));
      int before = proxy.lines().size();
      signWith(here("alias/ExampleAlias"));
      assertThat(proxy.lines()).as("this machine").hasSize(before);

      variables.put("HTTPS_PROXY", "socks5://u:" + AwsKmsBench.SECRET_KEY + "@h");
      assertThat(
              refusal(Problem.MISCONFIGURED, "awskms://kms.example:443/alias/ExampleAlias")
                  .message())
          .contains("$HTTPS_PROXY");
    }
  }

  @Test
  void aDisabledKeySaysHowToEnableIt() {
    server.disable("ExampleAlias");

    assertThat(refusal(Problem.WRONG_KEY, here("alias/ExampleAlias")).hint().orElse(""))
        .contains("enable-key");
  }
}
