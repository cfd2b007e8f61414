package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.kms.EcrTokenServer;
import dev.bulla.testkit.kms.GcpKmsServer;
import dev.bulla.testkit.kms.KmsFault;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code --k8s-keychain} with registries under the names of clouds: a proxy leads those names to a
 * registry here, and doubles stand in for what gives out the credentials.
 */
class CloudLoginTest {

  private static final String ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final String PASSWORD = "marked-ecr-password-77c1";
  private static final String TOKEN = "ya29.marked-token-1f0e";
  private static final String SECRET = "marked/aws+secret-0d11";
  private static final TestAuthority AUTHORITY = TestAuthority.create("cloud test root");

  @TempDir Path folder;

  private ImageBench bench;
  private ForwardProxy proxy;
  private EcrTokenServer amazon;
  private GcpKmsServer google;
  private final List<EmbeddedRegistry> registries = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    bench = new ImageBench(folder);
    proxy = ForwardProxy.start();
    amazon = EcrTokenServer.start("AKIATEST", SECRET, PASSWORD);
    google = GcpKmsServer.start(TOKEN, "1//refresh");
    bench.write("ca.pem", AUTHORITY.certificatePem());
    bench.write("account.json", google.serviceAccountFile());
    bench
        .environment("HOME", folder.toString())
        .environment("HTTPS_PROXY", "http://" + proxy.host())
        .environment("AWS_ACCESS_KEY_ID", "AKIATEST")
        .environment("AWS_SECRET_ACCESS_KEY", SECRET)
        .environment("AWS_ENDPOINT_URL_ECR", amazon.address())
        .environment("AWS_ENDPOINT_URL_ECR_PUBLIC", amazon.address())
        .environment("GCE_METADATA_HOST", "127.0.0.1:9")
        .environment("GOOGLE_APPLICATION_CREDENTIALS", folder.resolve("account.json").toString());
  }

  @AfterEach
  void stop() {
    registries.forEach(EmbeddedRegistry::close);
    bench.close();
    proxy.close();
    amazon.close();
    google.close();
  }

  private EmbeddedRegistry registry(String host, Auth auth) throws IOException {
    EmbeddedRegistry registry =
        EmbeddedRegistry.start(
            EmbeddedRegistry.options().tls(AUTHORITY.serverContext(host)).auth(auth));
    registries.add(registry);
    proxy.leading(host + ":443", registry.address());
    ImageBench.IMAGE.pushTo(registry.repository("app"), "v1");
    return registry;
  }

  private InProcess.Result run(int exit, String... line) {
    InProcess.Result result = bench.run(line);
    assertThat(result.exit()).as(result.stderr() + result.stdout()).isEqualTo(exit);
    assertThat(result.stdout() + result.stderr())
        .doesNotContain(PASSWORD, TOKEN, SECRET, "PRIVATE KEY");
    return result;
  }

  private InProcess.Result doctor(int exit, String host, String... more) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("doctor", "auth", host, "--registry-cacert=ca.pem", "--verbose"));
    line.addAll(List.of(more));
    return run(exit, line.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    ECR + ",Amazon ECR,AWS," + PASSWORD,
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn,Amazon ECR,AWS," + PASSWORD,
    "public.ecr.aws,Amazon ECR,AWS," + PASSWORD,
    "europe-docker.pkg.dev,Google Artifact Registry,oauth2accesstoken," + TOKEN,
    "gcr.io,Google Artifact Registry,oauth2accesstoken," + TOKEN
  })
  void theCloudsIdentityOpensItsRegistry(String host, String cloud, String user, String secret)
      throws Exception {
    registry(host, Auth.basic().user(user, secret));

    assertThat(doctor(0, host, "--k8s-keychain").stdout())
        .contains("this machine's identity, exchanged with " + cloud)
        .contains("used: name and password")
        .contains("lets us in with these credentials");
    assertThat(doctor(20, host).stdout()).contains("does not let us in");
  }

  @Test
  void anImageIsSignedAndVerifiedThere() throws Exception {
    registry(ECR, Auth.bearer().user("AWS", PASSWORD));
    String image = ECR + "/app@" + ImageBench.IMAGE.digest();
    String[] access = {"--k8s-keychain", "--registry-cacert=ca.pem"};

    run(0, "sign", "--key", "alice.key", "--tlog-upload=false", image, access[0], access[1]);
    run(0, "verify", "--key", "alice.pub", "--insecure-ignore-tlog", image, access[0], access[1]);
    assertThat(amazon.requests()).as("one exchange for each command").isEqualTo(2);
  }

  /** Named nearly like those of a cloud: they ask, and are shown nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ECR + ".evil.example",
        "evil" + ECR,
        "x.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "s3.amazonaws.com",
        "gcr.io.evil.example",
        "evilgcr.io",
        "docker-pkg.dev"
      })
  void nobodyElseIsShownAnything(String host) throws Exception {
    EmbeddedRegistry registry = registry(host, Auth.basic().user("AWS", PASSWORD));

    assertThat(doctor(20, host, "--k8s-keychain").stdout()).contains("the host is no cloud's");
    assertThat(registry.log().withCredentials()).isEmpty();
    assertThat(amazon.requests()).isZero();
    assertThat(proxy.heads()).noneMatch(head -> head.contains("Authorization"));
  }

  /** A registry of a cloud names another place for tokens: that one is asked without a password. */
  @Test
  void anotherHostsTokenServiceIsNotShownThePassword() throws Exception {
    EmbeddedRegistry other = registry("tokens.example", Auth.bearer().user("AWS", PASSWORD));
    registry(ECR, Auth.bearer().user("AWS", PASSWORD).realm("https://tokens.example/token"));

    doctor(20, ECR, "--k8s-keychain");
    assertThat(other.log().withCredentials()).isEmpty();
  }

  /** What is known is tried; what could not be asked for is no reason to go on without. */
  @Test
  void anExchangeThatFailsIsNoVerdict() throws Exception {
    registry(ECR, Auth.basic().user("AWS", PASSWORD));
    amazon.fail(KmsFault.NOT_PERMITTED, 99);

    String[] line = {
      "verify",
      "--key=alice.pub",
      "--insecure-ignore-tlog",
      "--k8s-keychain",
      "--registry-cacert=ca.pem",
      ECR + "/app:v1"
    };
    assertThat(run(20, line).stderr())
        .contains("not permitted: ecr:GetAuthorizationToken")
        .contains("hint: grant ecr:GetAuthorizationToken on this registry");
    assertThat(doctor(1, ECR, "--k8s-keychain").stdout()).contains("cannot be used: Amazon ECR");
  }
}
