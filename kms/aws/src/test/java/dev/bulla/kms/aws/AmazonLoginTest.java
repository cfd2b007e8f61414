package dev.bulla.kms.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.registry.auth.AmbientCredentials;
import dev.bulla.registry.auth.CloudLogin;
import dev.bulla.registry.auth.CloudRegistry;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.registry.auth.RegistryEnvironment;
import dev.bulla.testkit.kms.EcrTokenServer;
import dev.bulla.testkit.kms.KmsFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins of Amazon ECR, against a double that computes the signatures of requests again. */
class AmazonLoginTest {

  private static final String PASSWORD = "marked-registry-password-2f81";
  private static final String HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

  @TempDir Path home;

  private final Map<String, String> variables = AwsKmsBench.variables();
  private EcrTokenServer server;

  @BeforeEach
  void start() throws Exception {
    server = EcrTokenServer.start(AwsKmsBench.ACCESS_KEY, AwsKmsBench.SECRET_KEY, PASSWORD);
    variables.put("AWS_ENDPOINT_URL", server.address());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RegistryEnvironment environment() {
    return new RegistryEnvironment(variables, home);
  }

  private Optional<CloudLogin> logIn(String host) throws ConfigurationException {
    return new AmazonLogin()
        .logIn(CloudRegistry.of(host).orElseThrow(), environment(), Duration.ofSeconds(20));
  }

  private ConfigurationException refusal() {
    return assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> logIn(HOST))
        .matches(e -> !e.toString().contains(AwsKmsBench.SECRET_KEY))
        .matches(e -> !e.toString().contains(AwsKmsBench.SESSION))
        .matches(e -> !e.toString().contains(PASSWORD))
        .actual();
  }

  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com, eu-west-1/ecr",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com, us-gov-west-1/ecr",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn, cn-north-1/ecr",
    "public.ecr.aws, us-east-1/ecr-public"
  })
  void theRegionIsThatOfTheHost(String host, String scope) throws Exception {
    CloudLogin login = logIn(host).orElseThrow();

    assertThat(login.credentials()).isEqualTo(new Credentials.Basic("AWS", PASSWORD));
    assertThat(server.scopes()).containsExactly(scope);
    assertThat(login.toString()).doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com, https://api.ecr.eu-west-1.amazonaws.com/",
    "123456789012.dkr.ecr-fips.us-east-2.amazonaws.com, https://ecr-fips.us-east-2.amazonaws.com/",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn,"
        + " https://api.ecr.cn-north-1.amazonaws.com.cn/",
    "public.ecr.aws, https://api.ecr-public.us-east-1.amazonaws.com/"
  })
  void theServiceIsInThePartitionOfTheHost(String host, String address) throws Exception {
    variables.remove("AWS_ENDPOINT_URL");

    assertThat(
            EcrService.of(
                    CloudRegistry.of(host).orElseThrow(),
                    dev.bulla.keys.kms.KmsContext.of(variables, home, Duration.ofSeconds(1)),
                    new dev.bulla.keys.kms.KmsFailures("Amazon ECR", host))
                .address())
        .hasToString(address);
  }

  @Test
  void theEndpointOfTheServiceComesBeforeThatOfAll() throws Exception {
    variables.put("AWS_ENDPOINT_URL", "https://127.0.0.1:9");
    variables.put("AWS_ENDPOINT_URL_ECR", server.address());

    assertThat(logIn(HOST)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://ecr.example/", "ftp://127.0.0.1/", "https://u:p@h/", "nothing", "http:"})
  void aPasswordIsAskedForOverTlsOnly(String endpoint) {
    variables.put("AWS_ENDPOINT_URL_ECR", endpoint);

    assertThat(refusal().message()).containsAnyOf("not an address", "AWS_ENDPOINT_URL_ECR");
    assertThat(server.requests()).isZero();
  }

  @Test
  void whatIsAboutToEndIsAskedForAgain() throws Exception {
    AmbientCredentials source = AmbientCredentials.in(environment());
    Repository repository = Repository.parse(HOST + "/app");
    source.find(repository);
    source.find(Repository.parse(HOST + "/other"));
    assertThat(server.requests()).isEqualTo(1);
    assertThat(logIn(HOST).orElseThrow().ends()).isEqualTo(Instant.ofEpochSecond(4_000_000_000L));

    server.setEnd(Instant.now().minusSeconds(60));
    AmbientCredentials other = AmbientCredentials.in(environment());
    other.find(repository);
    other.find(repository);
    assertThat(server.requests()).isEqualTo(4);
  }

  @Test
  void refusalsSayWhatIsMissing() {
    server.fail(KmsFault.NOT_PERMITTED, 1);
    assertThat(refusal())
        .hasMessage("Amazon ECR registry " + HOST + ": not permitted: ecr:GetAuthorizationToken");
    server.fail(KmsFault.CLOCK_SKEW, 1);
    assertThat(refusal().hint().orElseThrow()).contains("clock");
    server.fail(KmsFault.THROTTLED, 9);
    assertThat(refusal().message()).contains("too many requests");
    variables.put("AWS_SECRET_ACCESS_KEY", "another");
    server.fail(KmsFault.THROTTLED, 0);
    assertThat(refusal().hint().orElseThrow()).contains("AWS_ACCESS_KEY_ID");
    variables.put("AWS_ACCESS_KEY_ID", "AKIASTRANGER");
    assertThat(refusal().message()).contains("UnrecognizedClientException");
  }

  @Test
  void aFailingServerIsAskedAgain() throws Exception {
    server.fail(KmsFault.SERVER_ERROR, 1);
    assertThat(logIn(HOST)).isPresent();
    server.fail(KmsFault.THROTTLED, 1);
    assertThat(logIn(HOST)).isPresent();
    assertThat(server.requests()).isEqualTo(4);
  }

  @Test
  void aProfileThatIsMissingIsNotAnonymity() throws Exception {
    for (String name : new String[] {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
      variables.remove(name);
    }
    variables.put("AWS_PROFILE", "work");
    assertThat(refusal().message()).contains("there is no profile \"work\"");

    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/credentials"),
        "[work]\naws_access_key_id = "
            + AwsKmsBench.ACCESS_KEY
            + "\naws_secret_access_key = "
            + AwsKmsBench.SECRET_KEY
            + "\n");
    assertThat(logIn(HOST)).isPresent();
  }

  /** The SDK looks at these properties; without them it would look for a machine of Amazon's. */
  @Test
  void withoutAnIdentityThereIsNoLogin() throws Exception {
    for (String name : new String[] {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
      variables.remove(name);
    }
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      assertThat(logIn(HOST)).isEmpty();
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
    assertThat(server.requests()).isZero();
  }
}
