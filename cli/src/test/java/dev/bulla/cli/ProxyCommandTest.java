package dev.bulla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.testkit.http.ForwardProxy;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxies that the environment names are used, and their passwords are kept. */
class ProxyCommandTest {

  private static final String PROXY_PASSWORD = "proxy-2f91c0";
  private static final TestAuthority AUTHORITY = TestAuthority.create("bulla test root");

  @TempDir Path folder;

  private InProcess.Result verify(String proxy) throws Exception {
    new ImageBench(folder).close();
    Files.writeString(folder.resolve("ca.pem"), AUTHORITY.certificatePem());
    return InProcess.in(folder)
        .environment("HOME", folder.toString())
        .environment("HTTPS_PROXY", proxy)
        .run(
            "verify",
            "--key=alice.pub",
            "--insecure-ignore-tlog",
            "--registry-cacert=ca.pem",
            "--registry-username=ci",
            "--registry-password=" + ImageBench.REGISTRY_PASSWORD,
            "--timeout=20s",
            "--verbose",
            "registry.example/app:v1");
  }

  private static void assertNoSecrets(InProcess.Result result) {
    assertThat(result.stdout() + result.stderr())
        .doesNotContain(PROXY_PASSWORD, ImageBench.REGISTRY_PASSWORD, "Proxy-Authorization");
  }

  @Test
  void aRegistryIsReachedThroughThem() throws Exception {
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(
                EmbeddedRegistry.options()
                    .tls(AUTHORITY.serverContext("registry.example"))
                    .auth(Auth.basic().user("ci", ImageBench.REGISTRY_PASSWORD)));
        ForwardProxy proxy = ForwardProxy.start().asking("me", PROXY_PASSWORD)) {
      ImageBench.IMAGE.pushTo(registry.repository("app"), "v1");
      proxy.leading("registry.example:443", registry.address());
      InProcess.Result result = verify("http://me:" + PROXY_PASSWORD + "@" + proxy.host());
      assertThat(result.exit()).as(result.stderr()).isEqualTo(10);
      assertThat(proxy.lines()).isNotEmpty().containsOnly("CONNECT registry.example:443 HTTP/1.1");
      assertNoSecrets(result);
    }
  }

  @Test
  void oneThatRefusesIsNoVerdict() throws Exception {
    try (ForwardProxy proxy = ForwardProxy.start().asking("me", "another")) {
      InProcess.Result result = verify("http://me:" + PROXY_PASSWORD + "@" + proxy.host());
      assertThat(result.exit()).isEqualTo(20);
      assertThat(result.stderr())
          .contains("does not accept its credentials (407)", "$HTTPS_PROXY", "hint: ");
      assertNoSecrets(result);
    }
  }

  @Test
  void oneOfAnUnknownKindIsNamedWithoutItsPassword() throws Exception {
    InProcess.Result result = verify("socks5://me:" + PROXY_PASSWORD + "@127.0.0.1:1");
    assertThat(result.exit()).isEqualTo(20);
    assertThat(result.stderr()).contains("$HTTPS_PROXY names a SOCKS proxy, which cannot be used");
    assertNoSecrets(result);
  }
}
