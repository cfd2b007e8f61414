package dev.bulla.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.error.RegistryException;
import dev.bulla.error.RegistryException.Kind;
import dev.bulla.oci.Reference;
import dev.bulla.registry.transport.Proxies;
import dev.bulla.registry.transport.SocketTransport;
import dev.bulla.registry.transport.TlsOptions;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"999.999.999.999", "127.1:5000", "r.example.0x7f", "[1::2::3]", "[1:2:3]"})
  void aHostThatIsNeitherNameNorAddressIsNotAsked(String registry) throws Exception {
    ScriptedTransport internet = new ScriptedTransport(request -> ScriptedTransport.Reply.of(200));
    try (RegistryClient client = RegistryClient.builder(internet).build()) {
      Reference image = Reference.parse(registry + "/app:v1");

      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.requireHead(image));

      assertThat(e.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(e.message()).contains("registry " + registry + " is not asked: ");
      assertThat(internet.requests()).isEmpty();
    }
  }

  @Test
  void anAddressThatARuleForbidsIsNoFailureOfTls() throws Exception {
    try (EmbeddedRegistry registry = EmbeddedRegistry.start();
        SocketTransport transport =
            SocketTransport.create(
                TlsOptions.DEFAULT,
                Proxies.NONE,
                (server, address) -> Optional.of("is this machine"));
        RegistryClient client = RegistryClient.builder(transport).build()) {
      Reference image = Reference.parse(registry.host() + "/app:v1");

      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> client.requireHead(image));

      assertThat(e.kind()).isEqualTo(Kind.UNSAFE);
      assertThat(e.message()).contains("is not asked: it is this machine");
      assertThat(registry.connections()).isZero();
    }
  }
}
