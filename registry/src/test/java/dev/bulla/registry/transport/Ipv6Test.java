package dev.bulla.registry.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.bytes.Bytes;
import dev.bulla.oci.Repository;
import dev.bulla.registry.RegistryClient;
import dev.bulla.registry.auth.CredentialSource;
import dev.bulla.registry.auth.Credentials;
import dev.bulla.testkit.http.TestAuthority;
import dev.bulla.testkit.registry.Auth;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registries that are named by an IPv6 address. */
class Ipv6Test {

  private static InetSocketAddress loopback() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName("::1")[0], 0);
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address);
    } catch (IOException e) {
      assumeTrue(false, "this machine has no IPv6");
    }
    return address;
  }

  @ParameterizedTest
  @CsvSource({"SOCKET,false", "SOCKET,true", "JDK,false", "JDK,true"})
  void areReachedWithAndWithoutTls(TransportKind kind, boolean tls) throws Exception {
    TestAuthority authority = TestAuthority.create("root");
    EmbeddedRegistry.Options options =
        EmbeddedRegistry.options()
            .listen(loopback())
            .auth(Auth.bearer().user("ci", "correct horse"));
    TlsOptions trusting =
        TlsOptions.builder().trustOnly(Bytes.utf8(authority.certificatePem()), "ca").build();
    try (EmbeddedRegistry registry =
            EmbeddedRegistry.start(tls ? options.tls(authority.serverContext("::1")) : options);
        RegistryClient client =
            RegistryClient.builder(kind.create(trusting))
                .credentials(
                    CredentialSource.always(new Credentials.Basic("ci", "correct horse"), "test"))
                .build()) {
      SampleImage image = SampleImage.image("hello");
      image.pushTo(registry.repository("app"), "v1");
      Repository app = Repository.parse("[::1]:" + registry.address().getPort() + "/app");
      assertThat(client.getManifest(app, "v1").orElseThrow().descriptor().digest())
          .isEqualTo(image.digest());
      client.putBlob(app, Bytes.utf8("x"));
    }
  }
}
