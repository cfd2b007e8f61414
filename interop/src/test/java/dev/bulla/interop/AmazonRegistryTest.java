package dev.bulla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The login of Amazon ECR, which moto gives out. Moto keeps no images: under the registry's name a
 * proxy leads to the registry of the testkit, which lets in whoever has the password that the
 * {@code aws} program would get.
 */
@Interop
@DisplayName("Amazon ECR (login from moto)")
final class AmazonRegistryTest {

  private static final String HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

  /** What moto answers for this account. */
  private static final String PASSWORD = "123456789012-auth-token";

  private static MotoServer moto;

  @BeforeAll
  static void start(Bench bench) throws Exception {
    moto = MotoServer.start(bench.peers());
  }

  @AfterAll
  static void stop() {
    if (moto != null) {
      moto.close();
    }
  }

  @Test
  @DisplayName("signed and verified with the login of the machine's identity")
  void theLoginOpensTheRegistry(Workplace place) throws IOException {
    TestAuthority authority = TestAuthority.create("ecr");
    place.write("registry-ca.pem", authority.certificatePem());
    SampleImage sample = SampleImage.image("hello");
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options()
                    .tls(authority.serverContext(HOST))
                    .auth(Auth.basic().user("AWS", PASSWORD)));
        ForwardProxy proxy = ForwardProxy.start().leading(HOST + ":443", registry.address())) {
      sample.pushTo(registry.repository("app"), "v1");
      Map<String, String> variables = new HashMap<>(moto.variables());
      variables.put("AWS_ENDPOINT_URL_ECR", moto.address());
      variables.put("HTTPS_PROXY", "http://" + proxy.host());
      variables.put("COSIGN_PASSWORD", "pw");
      String image = HOST + "/app@" + sample.digest();
      String[][] lines = {
        {"generate-key-pair"},
        {"doctor", "auth", HOST},
        {"sign", "--key", "cosign.key", "--tlog-upload=false", image},
        {"verify", "--key", "cosign.pub", "--insecure-ignore-tlog", image},
      };
      for (String[] line : lines) {
        Call call =
            line[0].startsWith("generate")
                ? place.call(Program.BULLA, line)
                : place.call(
                    Program.BULLA,
                    java.util.stream.Stream.concat(
                            java.util.Arrays.stream(line),
                            java.util.stream.Stream.of(
                                "--k8s-keychain", "--registry-cacert=registry-ca.pem"))
                        .toList());
        assertThat(call.env(variables).run().expect(0).toString()).doesNotContain(PASSWORD);
      }
      assertThat(registry.log().withCredentials()).isNotEmpty();
    }
  }
}
